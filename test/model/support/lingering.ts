// A socket's endpoints and connections until the last has ended, as docs/shutdown.md has it. Time is a number; who is tried again
// or given up when is a list of alarms.

import { Channel } from './channel.js';
import type { Seen } from './explore.js';
import { Ring } from './ring.js';

/** ms between two attempts. */
export const RECONNECT = 100;
const NO_MARKS = { messages: 0, bytes: 0 };
const NEVER = Number.POSITIVE_INFINITY;

class Alarm {
  readonly at: number;
  readonly number: number;

  constructor(at = NEVER, number = 0) {
    this.at = at;
    this.number = number;
  }
}

/** One connection, or one endpoint that is dialled. */
export class Link {
  readonly name: string;
  readonly dialled: boolean;
  readonly channel = new Channel('balanced', NO_MARKS, NO_MARKS);
  state: 'here' | 'away' | 'over' = 'away';
  stalled = false;
  /** It takes nothing new, and ends when it has sent what waits. */
  isEnding = false;
  /** When it is given up, and when it is tried again: of two at one moment the one that was set first comes first. */
  deadline = new Alarm();
  next = new Alarm();
  heard: string[] = [];

  constructor(name: string, dialled: boolean) {
    this.name = name;
    this.dialled = dialled;
    this.channel.lose();
  }

  set isStalled(value: boolean) {
    this.stalled = value;
    this.channel.setReceiveMarks(value ? { messages: 1, bytes: 0 } : NO_MARKS);
    this.pass();
  }

  /** What was sent reaches the peer. */
  pass(): void {
    if (this.state === 'here' && !this.stalled) this.heard.push(...this.channel.in.items.splice(0));
  }

  connected(): void {
    this.state = 'here';
    this.next = new Alarm();
    this.channel.in.marks = NO_MARKS;
    this.channel.release();
    this.pass();
  }
}

export class Model {
  readonly seen: Seen;
  readonly all: Link[] = [];
  readonly ring = new Ring<Link>();
  /** Dialled names where somebody listens. */
  readonly listening = new Set<string>();
  now = 0;
  linger: number;
  closed = false;
  /** For `ended`. */
  dropped = 0;
  droppedLost = 0;
  #text = 0;
  #alarms = 0;

  constructor(linger: number, seen: Seen) {
    this.linger = linger;
    this.seen = seen;
  }

  get isOver(): boolean {
    return this.closed && this.all.every(({ state }) => state === 'over');
  }

  text(): string {
    return String(this.#text++);
  }

  accept(): Link {
    const link = new Link(`peer ${this.all.length}`, false);
    this.all.push(link);
    link.connected();
    this.ring.add(link);
    return link;
  }

  dial(): Link {
    const link = new Link(String(this.all.length), true);
    this.all.push(link);
    this.ring.add(link);
    this.attempt(link);
    return link;
  }

  trySend(text: string): boolean {
    const link = this.ring.current;
    if (link === undefined) return false;
    link.channel.trySend(text);
    link.pass();
    this.ring.advance();
    return true;
  }

  /** It breaks: what was with it is gone, and counts for nobody. */
  lose(link: Link): void {
    link.channel.lose();
    link.stalled = false;
    link.state = 'away';
    if (link.isEnding && link.channel.out.length > 0) this.seen(link.dialled ? 'is waited for' : 'will not come again');
    if (link.dialled && !(link.isEnding && link.channel.out.length === 0)) this.tryLater(link);
    else this.over(link);
  }

  end(link: Link): void {
    link.isEnding = true;
    this.ring.remove(link);
    if (this.linger > 0) link.deadline = new Alarm(this.now + this.linger, this.#alarms++);
    if (this.linger === 0) this.giveUp(link);
    else this.check(link);
  }

  close(): void {
    this.closed = true;
    for (const link of this.all) if (link.state !== 'over' && !link.isEnding) this.end(link);
  }

  /** An ending link with nothing to send ends, as soon as its peer hears of it. */
  check(link: Link): void {
    if (!link.isEnding || link.state === 'over' || link.channel.out.length > 0) return;
    if (link.state === 'away') this.over(link);
    else if (!link.stalled) this.over(link);
  }

  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const all = this.all.flatMap((link) => [
        { alarm: link.next, ring: () => this.attempt(link) },
        { alarm: link.deadline, ring: () => this.giveUp(link) },
      ]);
      const [first] = all.sort((one, two) => one.alarm.at - two.alarm.at || one.alarm.number - two.alarm.number);
      if (first === undefined || first.alarm.at > end) break;
      this.now = first.alarm.at;
      first.ring();
    }
    this.now = end;
  }

  private attempt(link: Link): void {
    if (!this.listening.has(link.name)) {
      this.tryLater(link);
      return;
    }
    link.connected();
    if (link.isEnding) this.seen('came in time');
    this.check(link);
  }

  private tryLater(link: Link): void {
    link.next = new Alarm(this.now + RECONNECT, this.#alarms++);
  }

  /** Linger is over: what has not left is dropped, be it here or in a stream that stands still. */
  private giveUp(link: Link): void {
    if (link.state === 'over') return;
    const { out, in: stream } = link.channel;
    if (out.length > 0) this.seen('dropped');
    if (stream.length > 0) this.seen('dropped from the stream');
    if (this.closed) this.dropped += stream.length;
    stream.items.length = 0;
    this.over(link);
  }

  private over(link: Link): void {
    const { out } = link.channel;
    link.state = 'over';
    link.next = new Alarm();
    link.deadline = new Alarm();
    this.ring.remove(link);
    this.droppedLost += out.length;
    if (this.closed) this.dropped += out.length;
    out.items.length = 0;
  }
}
