// One peer's protocol, without I/O: bytes in, messages out, and back (RFC 23, RFC 37). Called by Session.
//
//   greeting ──▶ handshake ──▶ traffic          any state ──▶ closed
//          zap, work ◀─┘ (and back: may this peer come in? RFC 27; is there time for costly work?)
//
// `receive` takes bytes in any split and reports through ConnectionEvents; what is to be sent gathers in `output`, which the caller drains after
// every call. Time comes in as `now` (ms, monotonic) and goes out as `deadline`. A peer's fault is thrown as ProtocolError and closes the
// connection; anything else that escapes is a bug in this library.

import { AuthError, ProtocolError } from '../errors.js';
import { view } from '../util/bytes.js';
import { type Command, decodeCommand, encodeCommand, encodeError } from './command.js';
import type { ConnectionEvents, ConnectionOptions } from './connection-contract.js';
import { CONNECTION_STATES, type ConnectionState } from './connection-states.js';
import { FLAG_COMMAND, FLAG_MORE } from './frame.js';
import { commandLimitOf, limitFrames, openFrame } from './frame-limits.js';
import { FrameWriter } from './frame-writer.js';
import { checkGreeting, encodeGreeting, type Greeting, GreetingReader } from './greeting.js';
import { decodePing, encodePing, encodePong, Heartbeat } from './heartbeat.js';
import { Intake } from './intake.js';
import { type ConnectionLimits, LIMITS } from './limits.js';
import type { Cipher, Step, ZapReply } from './mechanism.js';
import { MessageParts } from './message-parts.js';
import { checkCount, type Properties } from './metadata.js';
import { checkedPeer, type PeerInfo } from './peer-info.js';
import { takesSubscriptions } from './socket-types.js';

export type { ConnectionEvents, ConnectionOptions } from './connection-contract.js';
export { CONNECTION_STATES, type ConnectionState } from './connection-states.js';
export type { PeerInfo } from './peer-info.js';

const SUBSCRIBE_OCTET = 1;

export class Connection {
  readonly output = new FrameWriter();
  /** Commands of unknown name or without meaning for this socket type; ignored, as libzmq does. */
  ignoredCommands = 0;

  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #limits: ConnectionLimits;
  readonly #intake: Intake;
  #state: ConnectionState = 'greeting';
  #greetingReader: GreetingReader | undefined = new GreetingReader();
  #peerMinor = 0;
  #libzmqStyle = false;
  #handshakeDue = Number.POSITIVE_INFINITY;
  #heartbeat: Heartbeat | undefined;
  /** Who let the peer in. */
  #zapReply: ZapReply | undefined;
  /** In traffic, of a mechanism that encrypts. */
  #cipher: Cipher | undefined;
  /** In `work`. */
  #job: (() => Step) | undefined;
  readonly #parts: MessageParts;
  /** In traffic, on a socket type for which a lone final frame is simply a message. */
  #plain = false;
  #decoding = false;
  #congested = false;
  /** The answer owed to the last PING; one, however many came, while output is congested. */
  #owedPong: Buffer | undefined;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.#limits = options.limits ?? LIMITS;
    this.#intake = new Intake(this.#limits, options.lenient);
    this.#parts = new MessageParts(options.maxMessageSize, this.#limits.messageParts);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** True while input is held back. */
  get paused(): boolean {
    return this.#intake.paused;
  }

  /** How many of the bytes received have been copied, so that no message refers to the chunk that brought them. */
  get copied(): number {
    return this.#intake.reader.copied;
  }

  /** True when as much has been decoded as may be in one turn: `nextTurn` is to be called in the next. */
  get resting(): boolean {
    return this.#intake.resting;
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

  /** False: stop reading until `resume` returns true. @param later not in this turn, unless in a handshake @throws ProtocolError */
  receive(chunk: Buffer, now: number, later = false): boolean {
    if (this.#state === 'closed') return false;
    this.#heartbeat?.heard(now);
    if (later) this.#intake.rest();
    if (this.#intake.paused || this.#decoding) {
      this.#intake.push(chunk);
      return false;
    }
    return this.#guarded(() => this.#consume(chunk, now));
  }

  /** Takes up decoding where a refused message stopped it. True: all that came is decoded. */
  resume(now: number): boolean {
    if (this.#state === 'closed' || this.#state === 'zap' || this.#state === 'work') return false;
    // The peer may have spoken while nobody listened: its silence counts from now.
    if (this.#intake.paused) this.#heartbeat?.heard(now);
    return this.#intake.resume() && this.#goOn(now);
  }

  /**
   * Takes up decoding in the next turn of the event loop, unless a refused message holds it up. As `resume` for the rest.
   * @param budgets how often it may decode as much as it may in one turn, before it rests again
   */
  nextTurn(now: number, budgets = 1): boolean {
    return this.#intake.nextTurn(budgets) && this.#goOn(now);
  }

  /** The answer to `zap`; false as `receive`. @throws AuthError when the peer is not let in, ProtocolError */
  zapReply(reply: ZapReply, now: number): boolean {
    if (this.#state !== 'zap') return false;
    this.#state = CONNECTION_STATES.zap.answered;
    this.#zapReply = reply;
    return this.#step(() => this.#options.mechanism.zapReply(reply), now);
  }

  /** Does what `work` was called for; false as `receive`. @throws ProtocolError */
  work(now: number): boolean {
    const job = this.#job;
    if (this.#state !== 'work' || job === undefined) return false;
    this.#state = CONNECTION_STATES.work.done;
    this.#job = undefined;
    return this.#step(job, now);
  }

  /** Only in traffic. */
  send(message: readonly Uint8Array[]): void {
    const last = message.length - 1;
    for (let i = 0; i < last; i++) this.#write(FLAG_MORE, message[i]!);
    this.#write(0, message[last]!);
  }

  /** Only in traffic. A command for ZMTP 3.1 peers; the message that 3.0 peers take instead (RFC 37, RFC 29). */
  subscribe(topic: Buffer, add: boolean): void {
    if (this.#peerMinor >= 1) this.#write(FLAG_COMMAND, encodeCommand(add ? 'SUBSCRIBE' : 'CANCEL', topic));
    else this.#write(0, Buffer.concat([Buffer.of(add ? SUBSCRIBE_OCTET : 0), topic]));
  }

  /** Set while the stream takes no more bytes: answers to PINGs then wait, so that a peer cannot pile them up. */
  set congested(value: boolean) {
    this.#congested = value;
    if (value || this.#owedPong === undefined) return;
    this.#write(FLAG_COMMAND, this.#owedPong);
    this.#owedPong = undefined;
  }

  /** To be called at `deadline` or later. @throws ProtocolError when the peer's time is over */
  timeout(now: number): void {
    this.#guarded(() => {
      if (this.#heartbeat === undefined) {
        if (now < this.#handshakeDue) return;
        const text = `no complete handshake within ${this.#options.handshakeInterval} ms (option handshakeInterval)`;
        throw new ProtocolError('handshake-timeout', text);
      }
      // Input that we refuse to read cannot prove the peer alive, nor dead.
      if (this.#intake.paused) this.#heartbeat.heard(now);
      if (this.#heartbeat.tick(now)) this.#write(FLAG_COMMAND, encodePing(this.#heartbeat.timeToLive));
    });
  }

  close(): void {
    this.#state = CONNECTION_STATES[this.#state].closed;
    // Stops the decode loop, too, that an event handler may have been called from.
    this.#intake.close();
    this.#handshakeDue = Number.POSITIVE_INFINITY;
    this.#heartbeat = undefined;
    this.#parts.clear();
    this.#job = undefined;
    this.#options.mechanism.erase?.();
  }

  /** Takes up a handshake that has waited for us. */
  #step(step: () => Step, now: number): boolean {
    return this.#guarded(() => {
      this.#intake.release();
      this.#apply(step(), now);
      // What came meanwhile; whoever answers from within an event is in the middle of it.
      return this.#decoding || this.#decode(now);
    });
  }

  #write(flags: number, body: Uint8Array): void {
    if (this.#cipher === undefined) this.output.write(flags, body);
    else this.output.write(0, this.#cipher.seal(flags, body));
  }

  #guarded<T>(step: () => T): T {
    try {
      return step();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #consume(chunk: Buffer, now: number): boolean {
    let rest = chunk;
    if (this.#greetingReader !== undefined) {
      rest = view(chunk, this.#greetingReader.feed(chunk), chunk.length);
      const greeting = this.#greetingReader.greeting;
      if (greeting === undefined) return true;
      this.#greeted(greeting, now);
    }
    this.#intake.push(rest);
    return this.#decode(now);
  }

  #greeted(greeting: Greeting, now: number): void {
    const { mechanism } = this.#options;
    checkGreeting(greeting, mechanism);
    this.#greetingReader = undefined;
    this.#peerMinor = greeting.minor;
    this.#libzmqStyle = greeting.libzmqStyle;
    this.#state = CONNECTION_STATES.greeting.greeted;
    this.#apply(mechanism.start(), now);
  }

  #goOn(now: number): boolean {
    return this.#decoding ? false : this.#guarded(() => this.#decode(now));
  }

  #decode(now: number): boolean {
    const intake = this.#intake;
    const { reader } = intake;
    this.#decoding = true;
    try {
      do {
        while (!intake.paused && reader.next()) {
          // ★ The fast place: a lone final frame in traffic.
          if (this.#plain && reader.flags === 0) {
            if (!this.#events.message([reader.body])) intake.refuse();
          } else {
            this.#frame(reader.flags, reader.body, now);
          }
          if (--intake.framesLeft === 0) intake.rest();
        }
      } while (!intake.paused && intake.feed());
    } finally {
      this.#decoding = false;
    }
    return !intake.paused;
  }

  #frame(flags: number, body: Buffer, now: number): void {
    if (this.#state === 'handshake') {
      if ((flags & FLAG_COMMAND) === 0 && !(this.#options.lenient && flags === 0)) {
        throw new ProtocolError('message-early', 'a message before the handshake is done');
      }
      this.#apply(this.#options.mechanism.receive(decodeCommand(body)), now);
    } else if (this.#cipher === undefined) {
      this.#trafficFrame(flags, body);
    } else {
      const opened = openFrame(this.#cipher, flags, body, this.#commandLimit);
      this.#trafficFrame(this.#cipher.flags, opened);
    }
  }

  #trafficFrame(flags: number, body: Buffer): void {
    if ((flags & FLAG_COMMAND) !== 0) this.#command(decodeCommand(body));
    else this.#messageFrame(flags, body);
  }

  #apply(step: Step, now: number): void {
    switch (step.next) {
      case 'wait':
        return;
      case 'zap':
        this.#state = CONNECTION_STATES.handshake.asked;
        this.#intake.hold();
        this.#events.zap(step.request);
        return;
      case 'work':
        this.#state = CONNECTION_STATES.handshake.costly;
        this.#intake.hold();
        this.#job = step.run;
        this.#events.work();
        return;
      case 'send':
        this.output.write(FLAG_COMMAND, step.command);
        return;
      case 'refuse':
        if (step.command !== undefined) this.output.write(FLAG_COMMAND, step.command);
        throw new AuthError(step.status, 'we did not let the peer in', this.#zapReply?.cause);
      case 'ready':
        this.#ready(step, now);
    }
  }

  #ready({ command, properties }: Extract<Step, { next: 'ready' }>, now: number): void {
    const { heartbeat, mechanism } = this.#options;
    checkCount(properties, this.#limits.metadataProperties);
    const peer = this.#checkedPeer(properties);
    if (command !== undefined) this.output.write(FLAG_COMMAND, command);
    this.#state = CONNECTION_STATES.handshake.ready;
    this.#heartbeat = new Heartbeat(this.#peerMinor >= 1 ? heartbeat : { ...heartbeat, interval: 0 }, now);
    this.#cipher = mechanism.cipher;
    this.#limitFrames();
    this.#plain = this.#lonePlain;
    this.#intake.trafficBegins(takesSubscriptions(this.#options.socketType));
    this.#events.ready(peer);
  }

  /** A peer of a type that ours cannot talk to is told so; but "a client peer SHALL NOT send ERROR to the server" (RFC 26). */
  #checkedPeer(properties: Properties): PeerInfo {
    try {
      return checkedPeer(this.#options, properties, this.#zapReply, this.#libzmqStyle);
    } catch (error) {
      const { name, asServer } = this.#options.mechanism;
      if (error instanceof ProtocolError && error.violation === 'socket-type' && (asServer || name === 'NULL')) {
        this.output.write(FLAG_COMMAND, encodeError('Incompatible socket type'));
      }
      throw error;
    }
  }

  /** Whether a lone final frame is simply a message. */
  get #lonePlain(): boolean {
    return this.#cipher === undefined && !takesSubscriptions(this.#options.socketType);
  }

  get #commandLimit(): number {
    return commandLimitOf(this.#options.socketType, this.#limits);
  }

  #limitFrames(): void {
    limitFrames(this.#intake.reader, this.#parts.room, this.#commandLimit, this.#cipher);
  }

  #messageFrame(flags: number, body: Buffer): void {
    const message = this.#parts.add(flags, body);
    this.#plain = message !== undefined && this.#lonePlain;
    this.#limitFrames();
    if (message !== undefined && !this.#deliver(message)) this.#intake.refuse();
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
    else this.#write(FLAG_COMMAND, pong);
  }

  #subscription(command: Command): void {
    if (!takesSubscriptions(this.#options.socketType)) {
      this.ignoredCommands++;
      return;
    }
    if (!this.#events.subscription(command.data, command.name === 'SUBSCRIBE')) this.#intake.refuse();
  }
}
