// One peer's protocol, without I/O: bytes in, messages out, and back (RFC 23, RFC 37). Called by Session.
//
//   greeting ──▶ handshake ──▶ traffic          any state ──▶ closed
//
// `receive` takes bytes in any split and reports through ConnectionEvents; what is to be sent gathers in `output`, which
// the caller drains after every call. Time comes in as `now` (ms, monotonic) and goes out as `deadline`. A peer's fault
// is thrown as ProtocolError and closes the connection; anything else that escapes is a bug in this library.

import { ProtocolError } from '../errors.js';
import { EMPTY, quoted, view } from '../util/bytes.js';
import { type Command, decodeCommand, encodeCommand, encodeError } from './command.js';
import { FLAG_COMMAND, FLAG_MORE } from './frame.js';
import { FrameReader } from './frame-reader.js';
import { FrameWriter } from './frame-writer.js';
import { encodeGreeting, type Greeting, GreetingReader } from './greeting.js';
import { decodePing, encodePing, encodePong, Heartbeat, type HeartbeatOptions } from './heartbeat.js';
import type { Mechanism, Step } from './mechanism.js';
import type { Properties } from './metadata.js';
import { compatible, hasRoutingId, type SocketType, takesSubscriptions } from './socket-types.js';

/** A frame before the handshake is done: room for any honest metadata. */
export const HANDSHAKE_FRAME_MAX = 64 * 1024;
/** A command to a publisher afterwards: a SUBSCRIBE, and all topics of a peer together may take 64 MiB. Others keep the limit above. */
export const COMMAND_MAX = 64 * 1024 * 1024 + 16;
/** Frames of one message: each costs us an object whatever its size. */
export const MESSAGE_PARTS_MAX = 65_536;

const ROUTING_ID_MAX = 255;
const SUBSCRIBE_OCTET = 1;

/** Every state, and where each step leads from it. */
export const CONNECTION_STATES = Object.freeze({
  greeting: { greeted: 'handshake', closed: 'closed' },
  handshake: { ready: 'traffic', closed: 'closed' },
  traffic: { closed: 'closed' },
  closed: { closed: 'closed' },
} as const);

export type ConnectionState = keyof typeof CONNECTION_STATES;

export interface ConnectionOptions {
  readonly socketType: SocketType;
  readonly mechanism: Mechanism;
  /** Milliseconds until the handshake must be done; 0 for no limit. Absolute: bytes do not extend it. */
  readonly handshakeInterval: number;
  /** Bytes of one message, all parts together. */
  readonly maxMessageSize: number;
  readonly heartbeat: HeartbeatOptions;
}

/** Who is at the other end, as told by its handshake. */
export interface PeerInfo {
  readonly socketType: string;
  /** Empty when the peer named none, or is of a type whose routing id means nothing. */
  readonly routingId: Buffer;
  readonly properties: Properties;
  readonly userId: string | undefined;
  /**
   * RFC 37 counts subscriptions. libzmq's SUB sends SUBSCRIBE each time it is asked and CANCEL only the last time, which is
   * right with a set.
   */
  readonly subscriptionsAreASet: boolean;
}

export interface ConnectionEvents {
  /** The handshake is done; messages may follow and may be sent. */
  ready(peer: PeerInfo): void;
  /** A whole message. False: take no more until `resume()`. */
  message(parts: Buffer[]): boolean;
  /** The peer subscribed or cancelled; only on PUB and XPUB. False as above. */
  subscription(topic: Buffer, add: boolean): boolean;
}

export class Connection {
  readonly output = new FrameWriter();
  /** Commands of unknown name or without meaning for this socket type; ignored, as libzmq does. */
  ignoredCommands = 0;

  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #reader: FrameReader;
  #state: ConnectionState = 'greeting';
  #greetingReader: GreetingReader | undefined = new GreetingReader();
  #peerMinor = 0;
  #libzmqStyle = false;
  #handshakeDue = Number.POSITIVE_INFINITY;
  #heartbeat: Heartbeat | undefined;

  /** Frames of a message whose last frame has not come yet, and their bytes. */
  #parts: Buffer[] = [];
  #partsSize = 0;
  /** In traffic, on a socket type for which a lone final frame is simply a message. */
  #plain = false;
  #paused = false;
  #decoding = false;
  /** Chunks that came while paused. */
  #waiting: Buffer[] = [];
  #congested = false;
  /** The answer owed to the last PING; one, however many came, while output is congested. */
  #owedPong: Buffer | undefined;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.#reader = new FrameReader(HANDSHAKE_FRAME_MAX, HANDSHAKE_FRAME_MAX);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** True while input is held back because `message` returned false. */
  get paused(): boolean {
    return this.#paused;
  }

  /** When `timeout` wants to be called, on the caller's clock; Infinity for never. */
  get deadline(): number {
    return this.#heartbeat === undefined ? this.#handshakeDue : this.#heartbeat.deadline;
  }

  start(now: number): void {
    const { mechanism, handshakeInterval } = this.#options;
    if (handshakeInterval > 0) this.#handshakeDue = now + handshakeInterval;
    this.output.raw(encodeGreeting(mechanism.name, mechanism.asServer));
  }

  /** False: stop reading until `resume` returns true. @throws ProtocolError */
  receive(chunk: Buffer, now: number): boolean {
    if (this.#state === 'closed') return false;
    this.#heartbeat?.heard(now);
    if (this.#paused || this.#decoding) {
      this.#waiting.push(chunk);
      return false;
    }
    return this.#guarded(() => this.#consume(chunk, now));
  }

  /** Takes up decoding where a refused message stopped it. True: everything received so far is decoded. */
  resume(now: number): boolean {
    if (this.#state === 'closed') return false;
    // The peer may have spoken while nobody listened: its silence counts from now.
    if (this.#paused) this.#heartbeat?.heard(now);
    this.#paused = false;
    if (this.#decoding) return false;
    return this.#guarded(() => this.#decode(now));
  }

  /** Only in traffic. */
  send(message: readonly Uint8Array[]): void {
    const output = this.output;
    const last = message.length - 1;
    for (let i = 0; i < last; i++) output.write(FLAG_MORE, message[i]!);
    output.write(0, message[last]!);
  }

  /** Only in traffic. A command for ZMTP 3.1 peers; the message that 3.0 peers take instead (RFC 37, RFC 29). */
  subscribe(topic: Buffer, add: boolean): void {
    if (this.#peerMinor >= 1) {
      this.output.write(FLAG_COMMAND, encodeCommand(add ? 'SUBSCRIBE' : 'CANCEL', topic));
      return;
    }
    this.output.write(0, Buffer.concat([Buffer.of(add ? SUBSCRIBE_OCTET : 0), topic]));
  }

  /** Set while the stream takes no more bytes: answers to PINGs then wait, so that a peer cannot pile them up. */
  set congested(value: boolean) {
    this.#congested = value;
    if (value || this.#owedPong === undefined) return;
    this.output.write(FLAG_COMMAND, this.#owedPong);
    this.#owedPong = undefined;
  }

  /** To be called at `deadline` or later. @throws ProtocolError when the peer's time is over */
  timeout(now: number): void {
    this.#guarded(() => {
      if (this.#heartbeat === undefined) {
        this.#checkHandshake(now);
        return;
      }
      // Input that we refuse to read cannot prove the peer alive, nor dead.
      if (this.#paused) this.#heartbeat.heard(now);
      if (this.#heartbeat.tick(now)) this.output.write(FLAG_COMMAND, encodePing(this.#heartbeat.timeToLive));
    });
  }

  close(): void {
    this.#state = CONNECTION_STATES[this.#state].closed;
    // Stops the decode loop that an event handler may have been called from.
    this.#paused = true;
    this.#handshakeDue = Number.POSITIVE_INFINITY;
    this.#heartbeat = undefined;
    this.#parts = [];
    this.#waiting = [];
    this.#reader.clear();
  }

  #guarded<T>(step: () => T): T {
    try {
      return step();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #checkHandshake(now: number): void {
    if (now < this.#handshakeDue) return;
    const { handshakeInterval } = this.#options;
    throw new ProtocolError('handshake-timeout', `no complete handshake within ${handshakeInterval} ms`);
  }

  #consume(chunk: Buffer, now: number): boolean {
    let rest = chunk;
    if (this.#greetingReader !== undefined) {
      rest = view(chunk, this.#greetingReader.feed(chunk), chunk.length);
      const greeting = this.#greetingReader.greeting;
      if (greeting === undefined) return true;
      this.#greeted(greeting, now);
    }
    this.#reader.push(rest);
    return this.#decode(now);
  }

  #greeted(greeting: Greeting, now: number): void {
    const { mechanism } = this.#options;
    if (greeting.mechanism !== mechanism.name) {
      const text = `the peer's mechanism is ${greeting.mechanism}, ours is ${mechanism.name}`;
      throw new ProtocolError('greeting-mechanism', text);
    }
    this.#greetingReader = undefined;
    this.#peerMinor = greeting.minor;
    this.#libzmqStyle = greeting.libzmqStyle;
    this.#state = CONNECTION_STATES.greeting.greeted;
    this.#apply(mechanism.start(), now);
  }

  #decode(now: number): boolean {
    const reader = this.#reader;
    this.#decoding = true;
    try {
      do {
        while (!this.#paused && reader.next()) {
          // ★ The fast place: a lone final frame in traffic.
          if (this.#plain && reader.flags === 0) {
            if (!this.#events.message([reader.body])) this.#paused = true;
          } else {
            this.#frame(reader.flags, reader.body, now);
          }
        }
      } while (!this.#paused && this.#nextWaiting());
    } finally {
      this.#decoding = false;
    }
    return !this.#paused;
  }

  #nextWaiting(): boolean {
    const chunk = this.#waiting.shift();
    if (chunk === undefined) return false;
    this.#reader.push(chunk);
    return true;
  }

  #frame(flags: number, body: Buffer, now: number): void {
    if ((flags & FLAG_COMMAND) !== 0) {
      const command = decodeCommand(body);
      if (this.#state === 'handshake') this.#apply(this.#options.mechanism.receive(command), now);
      else this.#command(command);
      return;
    }
    if (this.#state === 'handshake') {
      throw new ProtocolError('message-early', 'a message before the handshake is done');
    }
    this.#messageFrame(flags, body);
  }

  #apply(step: Step, now: number): void {
    if (step.next === 'wait') return;
    if (step.command !== undefined) this.output.write(FLAG_COMMAND, step.command);
    if (step.next === 'ready') this.#ready(step.properties, step.userId, now);
  }

  #ready(properties: Properties, userId: string | undefined, now: number): void {
    const { socketType, maxMessageSize, heartbeat } = this.#options;
    const peer = this.#checkedPeer(properties, userId);
    this.#state = CONNECTION_STATES.handshake.ready;
    this.#heartbeat = new Heartbeat(this.#peerMinor >= 1 ? heartbeat : { ...heartbeat, interval: 0 }, now);
    this.#reader.messageLimit = maxMessageSize;
    this.#reader.commandLimit = takesSubscriptions(socketType) ? COMMAND_MAX : HANDSHAKE_FRAME_MAX;
    this.#plain = !takesSubscriptions(socketType);
    this.#events.ready(peer);
  }

  #checkedPeer(properties: Properties, userId: string | undefined): PeerInfo {
    const own = this.#options.socketType;
    const peerType = properties.get('socket-type')?.toString('latin1');
    if (peerType === undefined) throw new ProtocolError('metadata-malformed', 'the peer names no Socket-Type');
    if (!compatible(own, peerType)) {
      this.output.write(FLAG_COMMAND, encodeError('Incompatible socket type'));
      throw new ProtocolError('socket-type', `a ${own} socket cannot talk to a peer of type ${quoted(peerType, 20)}`);
    }
    const routingId = hasRoutingId(peerType) ? (properties.get('identity') ?? EMPTY) : EMPTY;
    if (routingId.length > ROUTING_ID_MAX || routingId[0] === 0) {
      throw new ProtocolError('routing-id', 'a routing id is 1 to 255 bytes and does not begin with 00');
    }
    return { socketType: peerType, routingId, properties, userId, subscriptionsAreASet: this.#libzmqStyle };
  }

  #messageFrame(flags: number, body: Buffer): void {
    this.#parts.push(body);
    if ((flags & FLAG_MORE) !== 0) {
      if (this.#parts.length >= MESSAGE_PARTS_MAX) {
        throw new ProtocolError('message-parts', `a message of more than ${MESSAGE_PARTS_MAX} parts`);
      }
      this.#plain = false;
      this.#partsSize += body.length;
      this.#reader.messageLimit = this.#options.maxMessageSize - this.#partsSize;
      return;
    }
    const message = this.#parts;
    this.#parts = [];
    this.#partsSize = 0;
    this.#reader.messageLimit = this.#options.maxMessageSize;
    this.#plain = !takesSubscriptions(this.#options.socketType);
    if (!this.#deliver(message)) this.#paused = true;
  }

  /** Peers of ZMTP 3.0 subscribe by message; libzmq peers of 3.1 may do it too. */
  #deliver(message: Buffer[]): boolean {
    if (takesSubscriptions(this.#options.socketType) && message.length === 1) {
      const [body] = message as [Buffer];
      if (body[0] === 0 || body[0] === SUBSCRIBE_OCTET) {
        return this.#events.subscription(view(body, 1, body.length), body[0] === SUBSCRIBE_OCTET);
      }
    }
    return this.#events.message(message);
  }

  #command(command: Command): void {
    switch (command.name) {
      case 'PING':
        this.#ping(command.data);
        break;
      case 'SUBSCRIBE':
      case 'CANCEL':
        this.#subscription(command);
        break;
      case 'READY':
      case 'ERROR':
        throw new ProtocolError('command-unexpected', `${command.name} after the handshake`);
      default:
        // PONG lands here too: hearing it was all it was for.
        if (command.name !== 'PONG') this.ignoredCommands++;
    }
  }

  #ping(data: Buffer): void {
    const { timeToLive, context } = decodePing(data);
    this.#heartbeat?.peerAsks(timeToLive);
    const pong = encodePong(context);
    if (this.#congested) this.#owedPong = pong;
    else this.output.write(FLAG_COMMAND, pong);
  }

  #subscription(command: Command): void {
    if (!takesSubscriptions(this.#options.socketType)) {
      this.ignoredCommands++;
      return;
    }
    if (!this.#events.subscription(command.data, command.name === 'SUBSCRIBE')) this.#paused = true;
  }
}
