// One peer's two bounded queues. Nothing else in the library knows high-water marks.
//
//   socket ── write ──▶ [out: waits while there is no open outlet] ──▶ outlet (a Session, or the other end of an inproc pair)
//   socket ◀── read ──  [in: filled by deliver]  ◀── session
//
// A mark is a number of messages, or of bytes; 0 means none. `write` at a mark takes nothing; `deliver` at a mark takes the
// message and asks for no more until half are read: so a queue holds at most its marks and one message more.

import type { PeerInfo } from '../protocol/connection.js';
import { EMPTY } from '../util/bytes.js';
import { Queue } from '../util/queue.js';
import { CHANNELS, tell } from './diagnostics.js';
import { type Message, owned, sizeOf } from './message.js';
import type { Peer } from './peer.js';

/** Where a pipe's outgoing messages go while its peer is connected. */
export interface Outlet {
  /** Takes the message. False: take no more until the pipe's `outletReady`. */
  send(message: Message): boolean;
  subscribe(topic: Buffer, add: boolean): void;
  /** The pipe has room again after `deliver` returned false. */
  resumeInput(): void;
  /** Ends the connection to this peer. @param again whoever had made it makes a new one at once */
  disconnect(again?: boolean): void;
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
  /** Bytes; 0 or absent for no limit. */
  readonly sendHighWaterBytes?: number;
  /** Bytes; 0 or absent for no limit. */
  readonly receiveHighWaterBytes?: number;
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
  /** The same peer as users see it, from the handshake until the next one. */
  connection: Peer | undefined;
  /** For diagnostics: the socket that the pipe belongs to. */
  socket: WeakRef<object> | undefined;
  /** For diagnostics: what goes through is for nobody else's eyes; see ZapQuestion. */
  confidential = false;
  /** For ROUTER: the id under which the peer is registered. */
  routingId: Buffer = EMPTY;
  /** For ROUTER: the id was given by `connect` and outranks the peer's own. */
  assignedId = false;
  /** For the fair queue: listed there as readable. */
  inFairQueue = false;
  /** For the distributor: the number of the last message this pipe was chosen for. */
  chosenFor = 0;
  /** For STREAM: whoever runs the connection ends it, and does not make it anew. */
  whenLeaving: () => void = noop;
  // Since the pipe was made, for statistics. Bytes are those of the parts, without framing.
  messagesIn = 0;
  bytesIn = 0;
  messagesOut = 0;
  bytesOut = 0;
  /** Messages refused at the high-water mark. */
  droppedFull = 0;
  /** Messages that waited when their pipe came to its end. */
  droppedLost = 0;

  readonly #owner: PipeOwner;
  readonly #in = new Queue<Message>();
  readonly #out = new Queue<Message>();
  readonly #conflate: boolean;
  #inMark: number;
  #outMark: number;
  #inByteMark: number;
  #outByteMark: number;
  /** There is a mark in bytes for what comes in; only then are the bytes in `#in` counted. */
  #inByteMarked: boolean;
  #inBytes = 0;
  /** Bytes in `#out`. */
  #outBytes = 0;
  /** Peers before this one that have messages here still, and how many messages had come when they left. */
  #earlier: { readonly peer: Peer; readonly until: number }[] = [];
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
    this.#inByteMark = mark(options.receiveHighWaterBytes ?? 0);
    this.#inByteMarked = this.#inByteMark !== Number.POSITIVE_INFINITY;
    this.#outByteMark = mark(options.sendHighWaterBytes ?? 0);
  }

  // The socket's side.

  get readable(): boolean {
    return this.#in.length > 0;
  }

  /** What the next `read` gives. */
  get first(): Message | undefined {
    return this.#in.peek();
  }

  get queuedIn(): number {
    return this.#in.length;
  }

  get queuedOut(): number {
    return this.#out.length;
  }

  /** What is delivered takes the place of what waits. */
  get conflates(): boolean {
    return this.#conflate;
  }

  /** Bytes that wait to be read, and to be sent, added up anew. */
  get queuedBytes(): { readonly in: number; readonly out: number } {
    return { in: bytesOf(this.#in), out: bytesOf(this.#out) };
  }

  get dropped(): number {
    return this.droppedFull + this.droppedLost;
  }

  /** Who sent the message that was read last: not always whom the pipe belongs to by now. */
  get readFrom(): Peer | undefined {
    const number = this.messagesIn - this.#in.length;
    return this.#earlier.find(({ until }) => number <= until)?.peer ?? this.connection;
  }

  /** Input is being held back until messages are read. */
  get inputHeld(): boolean {
    return this.#inputHeld;
  }

  /** As much waits to be read as may, or more. */
  get inputFull(): boolean {
    return !this.#roomForMore;
  }

  get connected(): boolean {
    return this.#outlet !== undefined;
  }

  read(): Message | undefined {
    const message = this.#in.shift();
    if (message !== undefined && message.length > 1) this.#extraParts -= message.length - 1;
    // Not by subtraction alone: a part whose memory its sender gave away has lost its size meanwhile.
    if (this.#inByteMarked) this.#inBytes = this.#in.length === 0 ? 0 : this.#inBytes - sizeOf(message!);
    if (this.#inputHeld && this.#halfRead) this.#askForMore();
    return message;
  }

  /** A false answer obliges this pipe to call `writeActivated` later. */
  get writable(): boolean {
    if (this.#open || this.#conflate) return true;
    if (this.#out.length < this.#outMark && this.#outBytes < this.#outByteMark) return true;
    this.#full = true;
    return false;
  }

  /** False: at the high-water mark, not taken. */
  write(message: Message): boolean {
    if (this.#open) {
      // ★ As `#send`, here in place: private methods cost a check at each call.
      this.messagesOut++;
      this.bytesOut += sizeOf(message);
      if (CHANNELS.sent.hasSubscribers) tell(CHANNELS.sent, this, message);
      this.#open = this.#outlet!.send(message);
      return true;
    }
    if (!this.writable) return false;
    if (this.#conflate) this.#clearOut();
    this.#out.push(owned(message));
    this.#outBytes += sizeOf(message);
    return true;
  }

  /** `write` refused the message, and nobody waits to write it again. */
  drop(message: Message): void {
    this.droppedFull++;
    if (CHANNELS.dropped.hasSubscribers) tell(CHANNELS.dropped, this, message, 'full');
  }

  /** Takes effect only while connected: a pattern states its subscriptions anew whenever a peer connects. */
  subscribe(topic: Buffer, add: boolean): void {
    this.#outlet?.subscribe(topic, add);
  }

  /** Sends ahead of everything that waits: for the first words to a new peer. */
  greet(message: Message): void {
    if (this.#outlet !== undefined) this.#send(message);
  }

  disconnect(again = false): void {
    this.#outlet?.disconnect(again);
  }

  /** Soon nothing new is taken; the connection ends once what waits has been sent, and is not made again. */
  leave(): void {
    this.whenLeaving();
  }

  setMarks(options: Omit<PipeOptions, 'conflate'>): void {
    this.#inMark = mark(options.receiveHighWaterMark);
    this.#outMark = mark(options.sendHighWaterMark);
    this.#inByteMark = mark(options.receiveHighWaterBytes ?? 0);
    this.#inByteMarked = this.#inByteMark !== Number.POSITIVE_INFINITY;
    if (this.#inByteMarked) this.#inBytes = bytesOf(this.#in);
    this.#outByteMark = mark(options.sendHighWaterBytes ?? 0);
    if (this.#inputHeld && this.#roomForMore) this.#askForMore();
    this.#reactivate(this.#outMark - 1, this.#outByteMark - 1);
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
  open(outlet: Outlet, peer: PeerInfo, connection?: Peer): void {
    this.#rememberSenders();
    this.#outlet = outlet;
    this.peer = peer;
    this.connection = connection;
  }

  /** The peer is gone. What was not sent waits for the next one; what was received stays readable. */
  shut(): void {
    this.#outlet = undefined;
    this.#open = false;
    this.#inputHeld = false;
    this.connection?.gone();
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
      this.#outBytes = this.#out.length === 0 ? 0 : this.#outBytes - sizeOf(message);
      this.#open = this.#send(message);
    }
    this.#reactivate(this.#outMark / 2, this.#outByteMark / 2);
  }

  /**
   * A message from the peer. False: bring no more until `resumeInput`.
   * @param late to be read although the pipe is retired
   */
  deliver(message: Message, late = false): boolean {
    if (this.#retired && !late) return true;
    if (this.#conflate) while (this.read() !== undefined);
    this.#in.push(message);
    this.messagesIn++;
    const size = sizeOf(message);
    this.bytesIn += size;
    if (this.#inByteMarked) this.#inBytes += size;
    if (CHANNELS.received.hasSubscribers) tell(CHANNELS.received, this, message);
    if (message.length > 1) this.#extraParts += message.length - 1;
    if (this.#in.length === 1) this.#owner.readActivated(this);
    if (this.#conflate || this.#roomForMore) return true;
    this.#inputHeld = true;
    return false;
  }

  /** Forgets what was not sent, and says how many messages that were. */
  discard(): number {
    const count = this.#out.length;
    for (let lost = this.#out.shift(); lost !== undefined; lost = this.#out.shift()) {
      if (CHANNELS.dropped.hasSubscribers) tell(CHANNELS.dropped, this, lost, 'lost');
    }
    this.#clearOut();
    this.droppedLost += count;
    return count;
  }

  /** Before the next peer comes: who sent what has not been read yet, and what was read last. */
  #rememberSenders(): void {
    const read = this.messagesIn - this.#in.length;
    const reading = this.readFrom;
    const earlier = this.#earlier.filter(({ until }) => until > read);
    if (reading !== undefined && read > 0) earlier.unshift({ peer: reading, until: read });
    const known = earlier.at(-1)?.until ?? 0;
    if (this.connection !== undefined && this.messagesIn > known) {
      earlier.push({ peer: this.connection, until: this.messagesIn });
    }
    this.#earlier = earlier;
  }

  #clearOut(): void {
    this.#out.clear();
    this.#outBytes = 0;
  }

  /** Only while there is an outlet. */
  #send(message: Message): boolean {
    this.messagesOut++;
    this.bytesOut += sizeOf(message);
    if (CHANNELS.sent.hasSubscribers) tell(CHANNELS.sent, this, message);
    return this.#outlet!.send(message);
  }

  get #roomForMore(): boolean {
    if (this.#inByteMarked && this.#inBytes >= this.#inByteMark) return false;
    if (this.#inMark === Number.POSITIVE_INFINITY) return true;
    return this.#in.length < this.#inMark && this.#extraParts <= EXTRA_PARTS_MAX;
  }

  get #halfRead(): boolean {
    if (this.#inByteMarked && this.#inBytes > this.#inByteMark / 2) return false;
    return this.#in.length <= this.#inMark / 2 && this.#extraParts <= EXTRA_PARTS_MAX / 2;
  }

  #askForMore(): void {
    this.#inputHeld = false;
    this.#outlet?.resumeInput();
  }

  /** @param level the queue to wait for: half the marks, so that a busy sender is woken once for many messages */
  #reactivate(level: number, byteLevel: number): void {
    if (!this.#full || this.#retired) return;
    if (!this.#open && (this.#out.length > level || this.#outBytes > byteLevel)) return;
    this.#full = false;
    this.#owner.writeActivated(this);
  }
}

function noop(): void {}

function bytesOf(queue: Queue<Message>): number {
  return queue.toArray().reduce((sum, message) => sum + sizeOf(message), 0);
}

function mark(option: number): number {
  return option === 0 ? Number.POSITIVE_INFINITY : option;
}
