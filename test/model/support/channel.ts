// What docs/high-water-marks.md says of one sender and one receiver, with a queue each and nothing in between. Items are texts,
// one byte a character.
//
// A queue takes a message while less than its marks waits in it. The receiver's, once full, brings no more until half of it has
// been received. How the sender's works once full depends on the type: see Policy.

/**
 * `balanced` (PUSH, DEALER): a peer whose queue has filled up is passed over until half of it has left. `addressed` (PAIR, ROUTER
 * with mandatory, XPUB with noDrop): a send waits for its peer, and is woken at half; one that comes when nobody waits finds
 * any room there is. `dropping` (PUB, ROUTER): what finds no room is dropped.
 */
export type Policy = 'balanced' | 'addressed' | 'dropping';

export interface Marks {
  readonly messages: number;
  readonly bytes: number;
}

export class MarkedQueue {
  readonly items: string[] = [];
  marks: Marks;

  constructor(marks: Marks) {
    this.marks = marks;
  }

  get length(): number {
    return this.items.length;
  }

  get full(): boolean {
    return !this.below((mark) => mark, true);
  }

  /** At most half of what it may hold waits here. */
  get half(): boolean {
    return this.below((mark) => mark / 2, false);
  }

  private below(level: (mark: number) => number, strictly: boolean): boolean {
    const bytes = this.items.join('').length;
    const is = (count: number, mark: number): boolean =>
      mark === 0 || (strictly ? count < level(mark) : count <= level(mark));
    return is(this.length, this.marks.messages) && is(bytes, this.marks.bytes);
  }
}

export class Channel {
  readonly policy: Policy;
  readonly out: MarkedQueue;
  readonly in: MarkedQueue;
  /** Sends that wait, first come first served. */
  readonly waiting: string[] = [];
  /** Those that have been served since the model was asked. */
  served: string[] = [];
  dropped = 0;
  /** The receiver brings no more. */
  held = false;
  /** The sender has found its queue full and was not told yet that it is half empty. */
  resting = false;

  constructor(policy: Policy, send: Marks, receive: Marks) {
    this.policy = policy;
    this.out = new MarkedQueue(send);
    this.in = new MarkedQueue(receive);
  }

  /** Without waiting. */
  trySend(text: string): boolean {
    return this.waiting.length === 0 && this.offer(text);
  }

  send(text: string): void {
    if (this.trySend(text)) this.served.push(text);
    else this.waiting.push(text);
  }

  receive(): string | undefined {
    const text = this.in.items.shift();
    if (this.held && this.in.half) this.release();
    return text;
  }

  /** A change of marks counts at once. */
  setReceiveMarks(marks: Marks): void {
    this.in.marks = marks;
    if (this.held && !this.in.full) this.release();
  }

  setSendMarks(marks: Marks): void {
    this.out.marks = marks;
    if (!this.out.full) this.wake();
  }

  get writable(): boolean {
    return this.policy === 'balanced' ? !this.resting && this.room : this.policy === 'dropping' || this.look();
  }

  get room(): boolean {
    return !this.held || !this.out.full;
  }

  /** The receiver is gone, and whatever was with it. */
  lose(): void {
    this.held = true;
    this.in.items.length = 0;
  }

  /** Who sees that there is no room will be told when there is. */
  private look(): boolean {
    if (!this.room) this.resting = true;
    return this.room;
  }

  private offer(text: string): boolean {
    if (this.policy === 'balanced' && this.resting) return false;
    if (!this.look()) {
      if (this.policy === 'dropping') this.dropped++;
      return this.policy === 'dropping';
    }
    if (this.held) this.out.items.push(text);
    else this.bring(text);
    if (this.policy === 'balanced') this.look();
    return true;
  }

  private bring(text: string): void {
    this.in.items.push(text);
    if (this.in.full) this.held = true;
  }

  /** The receiver is there again, and takes what it can. */
  release(): void {
    this.held = false;
    while (!this.held && this.out.length > 0) this.bring(this.out.items.shift() as string);
    if (!this.held || this.out.half) this.wake();
  }

  private wake(): void {
    if (!this.resting) return;
    this.resting = false;
    while (this.waiting.length > 0 && this.offer(this.waiting[0] as string))
      this.served.push(this.waiting.shift() as string);
  }
}
