import { Router } from 'zeromq';

export class Raw extends Router {
  tune(): [boolean, number, string | null] {
    this.setBoolOption(33, true);
    this.setInt32Option(17, 0);
    this.setUint32Option(57, this.getUint32Option(57));
    this.setInt64Option(22, this.getInt64Option(22));
    this.setUint64Option(4, this.getUint64Option(4));
    this.setStringOption(5, 'me');
    this.setStringOption(5, Buffer.from('me'));
    this.setStringOption(5, null);
    return [this.getBoolOption(39), this.getInt32Option(17), this.getStringOption(5)];
  }
}
