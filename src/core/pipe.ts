// One peer's two bounded queues. Nothing else in the library knows high-water marks.
//
//   socket ── write ──▶ [out: waits while there is no open outlet] ──▶ outlet (a Session, or the other end of an inproc pair)
//   socket ◀── read ──  [in: filled by deliver]  ◀── session
//
// A mark is a number of messages; 0 means none. `write` at the mark takes nothing; `deliver` at the mark takes the
// message and asks for no more until half of them are read.

import type { PeerInfo } from '../protocol/connection.js';
import { EMPTY } from '../util/bytes.js';
import { Queue } from '../util/queue.js';
import { type Message, owned } from './message.js';

/** Where a pipe's outgoing messages go while its peer is connected. */
export interface Outlet {
  /** Takes the message. False: take no more until the pipe's `outletReady`. */
  send(message: Message): boolean;
  subscribe(topic: Buffer, add: boolean): void;
  /** The pipe has room again after `deliver` returned false. */
  resumeInput(): void;
  /** Ends the connection to this peer. */
  disconnect(): void;
}

/** The socket that a pipe belongs to. */
export interface PipeOwner {
  readActivated(pipe: Pipe): void;
  writeActivated(pipe: Pipe): void;
}

export interface PipeOptions {
  /** Messages; 0 for no limit. */
  readonly sendHighWaterMark: number;
  /** Messages; 0 for no limit. */
  readonly receiveHighWaterMark: number;
  /** Keep only the last message in each direction. */
  readonly conflate: boolean;
}

/**
 * Parts beyond one for each message that may wait to be read where there is a mark: a peer's messages of 65,536 empty parts
 * would otherwise cost a hundred times what they cost the peer.
 */
export const EXTRA_PARTS_MAX = 65_536;

export class Pipe {
  /** Known once the handshake is done. */
  peer: PeerInfo | undefined;
  /** For ROUTER: the id under which the peer is registered. */
  routingId: Buffer = EMPTY;
  /** For ROUTER: the id was given by `connect` and outranks the peer's own. */
  assignedId = false;
  /** For the fair queue: listed there as readable. */
  inFairQueue = false;
  /** For the distributor: the number of the last message this pipe was chosen for. */
  chosenFor = 0;
  /** Messages refused at the high-water mark or lost with the peer. */
  dropped = 0;

  readonly #owner: PipeOwner;
  readonly #in = new Queue<Message>();
  readonly #out = new Queue<Message>();
  readonly #conflate: boolean;
  #inMark: number;
  #outMark: number;
  #outlet: Outlet | undefined;
  /** Parts in `#in` beyond one for each message. */
  #extraParts = 0;
  /** The outlet takes messages now. */
  #open = false;
  /** `deliver` returned false and `resumeInput` is owed. */
  #inputHeld = false;
  /** The owner saw this pipe unwritable, and `writeActivated` is owed. */
  #full = false;
  #retired = false;

  constructor(owner: PipeOwner, options: PipeOptions) {
    this.#owner = owner;
    this.#conflate = options.conflate;
    this.#inMark = mark(options.receiveHighWaterMark);
    this.#outMark = mark(options.sendHighWaterMark);
  }

  // The socket's side.

  get readable(): boolean {
    return this.#in.length > 0;
  }

  get queuedOut(): number {
    return this.#out.length;
  }

  /** Input is being held back until messages are read. */
  get inputHeld(): boolean {
    return this.#inputHeld;
  }

  get connected(): boolean {
    return this.#outlet !== undefined;
  }

  read(): Message | undefined {
    const message = this.#in.shift();
    if (message !== undefined && message.length > 1) this.#extraParts -= message.length - 1;
    if (this.#inputHeld && this.#in.length <= this.#inMark / 2 && this.#extraParts <= EXTRA_PARTS_MAX / 2) {
      this.#askForMore();
    }
    return message;
  }

  /** A false answer obliges this pipe to call `writeActivated` later. */
  get writable(): boolean {
    if (this.#open || this.#conflate || this.#out.length < this.#outMark) return true;
    this.#full = true;
    return false;
  }

  /** False: at the high-water mark, not taken. */
  write(message: Message): boolean {
    if (this.#open) {
      this.#open = this.#outlet!.send(message);
      return true;
    }
    if (!this.writable) return false;
    if (this.#conflate) this.#out.clear();
    this.#out.push(owned(message));
    return true;
  }

  /** Takes effect only while connected: a pattern states its subscriptions anew whenever a peer connects. */
  subscribe(topic: Buffer, add: boolean): void {
    this.#outlet?.subscribe(topic, add);
  }

  /** Sends ahead of everything that waits: for the first words to a new peer. */
  greet(message: Message): void {
    this.#outlet?.send(message);
  }

  disconnect(): void {
    this.#outlet?.disconnect();
  }

  setMarks(sendHighWaterMark: number, receiveHighWaterMark: number): void {
    this.#inMark = mark(receiveHighWaterMark);
    this.#outMark = mark(sendHighWaterMark);
    if (this.#inputHeld && this.#roomForMore) this.#askForMore();
    this.#reactivate(this.#outMark - 1);
  }

  /** The socket has no more to do with this pipe, and hears no more of it; what waits in it may still leave. */
  retire(): void {
    this.#retired = true;
  }

  get retired(): boolean {
    return this.#retired;
  }

  // The peer's side.

  /** The peer is there. What waited goes out with `outletReady`, after what the pattern has to say first. */
  open(outlet: Outlet, peer: PeerInfo): void {
    this.#outlet = outlet;
    this.peer = peer;
  }

  /** The peer is gone. What was not sent waits for the next one; what was received stays readable. */
  shut(): void {
    this.#outlet = undefined;
    this.#open = false;
    this.#inputHeld = false;
  }

  /** The outlet takes nothing for now. */
  outletBlocked(): void {
    this.#open = false;
  }

  /** The outlet takes messages again. */
  outletReady(): void {
    if (this.#outlet === undefined) return;
    this.#open = true;
    while (this.#open) {
      const message = this.#out.shift();
      if (message === undefined) break;
      this.#open = this.#outlet.send(message);
    }
    this.#reactivate(this.#outMark / 2);
  }

  /** A message from the peer. False: bring no more until `resumeInput`. */
  deliver(message: Message): boolean {
    if (this.#retired) return true;
    if (this.#conflate) while (this.read() !== undefined);
    this.#in.push(message);
    if (message.length > 1) this.#extraParts += message.length - 1;
    if (this.#in.length === 1) this.#owner.readActivated(this);
    if (this.#conflate || this.#roomForMore) return true;
    this.#inputHeld = true;
    return false;
  }

  /** Forgets what was not sent, and says how many messages that were. */
  discard(): number {
    const count = this.#out.length;
    this.#out.clear();
    this.dropped += count;
    return count;
  }

  get #roomForMore(): boolean {
    if (this.#inMark === Number.POSITIVE_INFINITY) return true;
    return this.#in.length < this.#inMark && this.#extraParts <= EXTRA_PARTS_MAX;
  }

  #askForMore(): void {
    this.#inputHeld = false;
    this.#outlet?.resumeInput();
  }

  /** @param level the queue to wait for: half the mark, so that a busy sender is woken once for many messages */
  #reactivate(level: number): void {
    if (!this.#full || this.#retired) return;
    if (!this.#open && this.#out.length > level) return;
    this.#full = false;
    this.#owner.writeActivated(this);
  }
}

function mark(option: number): number {
  return option === 0 ? Number.POSITIVE_INFINITY : option;
}
