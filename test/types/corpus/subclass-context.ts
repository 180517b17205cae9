import { Context } from 'zeromq';

export class Tuned extends Context {
  constructor() {
    super({ blocky: false });
    this.setInt32Option(2, this.getInt32Option(2) - 1);
    this.setBoolOption(70, !this.getBoolOption(70));
  }
}
