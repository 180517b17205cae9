import { Dealer, type MessageLike, Subscriber } from 'zeromq';

export class Client extends Dealer {
  constructor(name: string) {
    super({ routingId: name, linger: 0 });
  }
  ask(question: MessageLike): Promise<void> {
    return this.send(['', question]);
  }
  override close(): void {
    super.close();
  }
}
export class Everything extends Subscriber {
  constructor() {
    super();
    this.subscribe();
  }
}
