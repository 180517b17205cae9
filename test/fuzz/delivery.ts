// One connection, one way to deliver an input to it, and all that comes of it. The judge compares what comes of several ways.

import { isPeerFault, ProtocolError } from '../../src/errors.js';
import type { Connection, ConnectionEvents, ConnectionOptions, PeerInfo } from '../../src/protocol/connection.js';
import { type ConnectionLimits, LIMITS } from '../../src/protocol/limits.js';
import type { ZapReply, ZapRequest } from '../../src/protocol/mechanism.js';
import { cutInto } from '../support/arbitraries.js';
import { Finding } from './finding.js';
import type { Deed, Input } from './input.js';
import type { Laboratory } from './laboratory.js';
import type { Meter } from './meter.js';
import { metadataOf, Speaker } from './speaker.js';
import { targetNamed } from './targets.js';

/** What is fuzzed: this library's connection, or another to show that its faults are found. */
export interface Library {
  connect(options: ConnectionOptions, events: ConnectionEvents): Connection;
}

export type Report =
  | { readonly peer: PeerInfo }
  | { readonly parts: readonly Buffer[] }
  | { readonly topic: Buffer; readonly add: boolean }
  | { readonly asked: ZapRequest };

export interface Trace {
  readonly reports: Report[];
  /** The rule that the peer broke; for one that was not let in, `refused`. */
  violation: string | undefined;
  detail: string;
  state: string;
  ignored: number;
  readonly sent: Buffer[];
  /** Bytes that the peer sent, and that the library allocated meanwhile. */
  received: number;
  allocated: number;
}

export type Way = 'whole' | 'cut' | 'disturbed';

const BUSY = { interval: 100, timeToLive: 300, timeout: 100 };
const QUIET = { interval: 0, timeToLive: 0, timeout: 0 };
/** What may be decoded in one turn: everything; so little that turns end everywhere; as it is. */
const TURNS: Record<Way, Partial<ConnectionLimits>> = {
  whole: { turnMessages: Number.MAX_SAFE_INTEGER, turnBytes: Number.MAX_SAFE_INTEGER },
  cut: { turnMessages: 7, turnBytes: 999 },
  disturbed: {},
};
const WELCOME: ZapReply = { status: 200, userId: 'user', properties: new Map([['x-from', Buffer.from('zap')]]) };
const UNWELCOME: ZapReply = { status: 400, userId: '', properties: new Map() };
const OWN_MESSAGE = [Buffer.from('ours'), Buffer.alloc(0)];
const OWN_TOPIC = Buffer.from('topic');

export function deliver(library: Library, input: Input, way: Way, { meter, dice }: Laboratory): Trace {
  dice.restart();
  return new Delivery(library, input, way, meter).run();
}

class Delivery implements ConnectionEvents {
  readonly #input: Input;
  readonly #way: Way;
  readonly #meter: Meter;
  readonly #speaker: Speaker;
  readonly #connection: Connection;
  readonly #trace: Trace = {
    reports: [],
    violation: undefined,
    detail: '',
    state: 'greeting',
    ignored: 0,
    sent: [],
    received: 0,
    allocated: 0,
  };
  #now = 0;
  #chunks = 0;
  #answers = 0;
  #refusing = false;
  /** An answer is owed. */
  #asked = false;
  /** A step of the handshake was put off. */
  #working = false;
  #over = false;

  constructor(library: Library, input: Input, way: Way, meter: Meter) {
    const target = targetNamed(input.target);
    this.#input = input;
    this.#way = way;
    this.#meter = meter;
    this.#speaker = new Speaker(target, input);
    const options: ConnectionOptions = {
      socketType: input.socketType,
      mechanism: target.ours(metadataOf(input.socketType)),
      maxMessageSize: input.maxMessageSize,
      handshakeInterval: way === 'disturbed' ? 1000 : 0,
      heartbeat: way === 'disturbed' ? BUSY : QUIET,
      limits: { ...LIMITS, ...TURNS[way] },
    };
    this.#connection = this.#counted(() => library.connect(options, this));
  }

  run(): Trace {
    const trace = this.#trace;
    this.#step(() => this.#connection.start(0));
    this.#drain();
    for (const bytes of this.#bytes()) {
      if (this.#over) break;
      trace.received += bytes.length;
      for (const chunk of this.#cut(bytes)) if (!this.#over) this.#chunk(chunk);
      this.#answer();
      if (this.#way === 'cut') this.#goOn();
      this.#drain();
    }
    trace.state = this.#connection.state;
    trace.ignored = this.#connection.ignoredCommands;
    if (trace.violation !== undefined) this.#checkClosed();
    return trace;
  }

  // ConnectionEvents.

  ready(peer: PeerInfo): void {
    this.#note({ peer });
  }

  message(parts: Buffer[]): boolean {
    return this.#note({ parts });
  }

  subscription(topic: Buffer, add: boolean): boolean {
    return this.#note({ topic, add });
  }

  zap(request: ZapRequest): void {
    this.#note({ asked: request });
    const { admit } = this.#input;
    if (admit === 'later') this.#asked = true;
    else if (admit !== 'never') this.#connection.zapReply(admit === 'now' ? WELCOME : UNWELCOME, this.#now);
  }

  work(): void {
    if (this.#input.admit === 'later') this.#working = true;
    else this.#connection.work(this.#now);
  }

  #note(report: Report): boolean {
    if (this.#over) throw new Finding('after the end', 'the connection reported something after it was closed');
    this.#trace.reports.push(report);
    if (this.#way === 'disturbed') return !this.#refusing;
    const { answers } = this.#input;
    return this.#way === 'whole' || answers.length === 0 || answers[this.#answers++ % answers.length]!;
  }

  /** What the peer says, in turn; what is known beforehand in one piece. */
  *#bytes(): Generator<Buffer> {
    let known: Buffer[] = [];
    for (const piece of this.#input.pieces) {
      if (Buffer.isBuffer(piece)) {
        known.push(piece);
        continue;
      }
      if (known.length > 0) yield Buffer.concat(known);
      known = [];
      const spoken = this.#speaker.speak(piece);
      if (spoken.length > 0) yield spoken;
    }
    if (known.length > 0) yield Buffer.concat(known);
  }

  #cut(bytes: Buffer): Buffer[] {
    // A megabyte octet by octet shows nothing that a kilobyte does not.
    const { cuts } = this.#input;
    // CURVE opens boxes where they lie, and the input is for more than one delivery.
    if (this.#way === 'whole') return [Buffer.from(bytes)];
    const few = bytes.length > 20_000 ? cuts.map((size) => size * 199) : cuts;
    return cutInto(bytes, few);
  }

  #chunk(chunk: Buffer): void {
    const decoded = this.#step(() => this.#connection.receive(chunk, this.#now));
    if ((this.#asked || this.#working) && this.#chunks++ % 2 === 0) this.#answer();
    if (this.#way === 'disturbed') this.#act();
    // Now and then more comes in while nothing is taken.
    else if (decoded === false && this.#chunks++ % 3 !== 0) this.#goOn();
  }

  /** What is owed to the connection, and what comes of that, too. */
  #answer(): void {
    while ((this.#asked || this.#working) && !this.#over) {
      const { state } = this.#connection;
      this.#asked = false;
      this.#working = false;
      this.#step(() =>
        state === 'zap' ? this.#connection.zapReply(WELCOME, this.#now) : this.#connection.work(this.#now),
      );
    }
  }

  #goOn(): void {
    while (!this.#over && !['zap', 'work'].includes(this.#connection.state) && this.#connection.paused) this.#resume();
  }

  #resume(): void {
    const connection = this.#connection;
    this.#step(() => (connection.resting ? connection.nextTurn(this.#now) : connection.resume(this.#now)));
  }

  #act(): void {
    const { deeds } = this.#input;
    if (!this.#over) this.#do(deeds[this.#chunks++ % deeds.length]!);
  }

  #do(deed: Deed): void {
    const connection = this.#connection;
    const traffic = connection.state === 'traffic';
    switch (deed) {
      case 'send':
        if (traffic) this.#step(() => connection.send(OWN_MESSAGE));
        break;
      case 'subscribe':
      case 'cancel':
        if (traffic) this.#step(() => connection.subscribe(OWN_TOPIC, deed === 'subscribe'));
        break;
      case 'congest':
        connection.congested = true;
        break;
      case 'drain':
        if (traffic) connection.congested = false;
        this.#drain();
        break;
      case 'pause':
        this.#refusing = true;
        break;
      case 'resume':
        this.#refusing = false;
        this.#resume();
        break;
      case 'wait':
        this.#wait();
        break;
      case 'close':
        this.#over = true;
        connection.close();
    }
  }

  #wait(): void {
    const { deadline } = this.#connection;
    if (Number.isNaN(deadline)) throw new Finding('state', 'the deadline is not a number');
    if (deadline !== Number.POSITIVE_INFINITY) this.#now = Math.max(this.#now, deadline);
    this.#step(() => this.#connection.timeout(this.#now));
  }

  #drain(): void {
    const sent = this.#connection.output.take();
    this.#trace.sent.push(...sent);
    this.#speaker.hear(sent);
  }

  /** The peer's faults end the delivery; any other error is a finding. */
  #step<T>(action: () => T): T | undefined {
    try {
      return this.#counted(action);
    } catch (error) {
      if (error instanceof Finding) throw error;
      if (!isPeerFault(error))
        throw new Finding('escape', 'an error that is neither ProtocolError nor AuthError', error);
      this.#trace.violation = error instanceof ProtocolError ? error.violation : 'refused';
      this.#trace.detail = error.detail;
      this.#over = true;
      return undefined;
    }
  }

  #counted<T>(action: () => T): T {
    const before = this.#meter.bytes;
    const result = this.#meter.during(action);
    this.#trace.allocated += this.#meter.bytes - before;
    return result;
  }

  /** Nothing wakes a connection that has ended. */
  #checkClosed(): void {
    const connection = this.#connection;
    const rest = Buffer.from('0003616263', 'hex');
    const taken = [connection.receive(rest, this.#now), connection.resume(this.#now)];
    connection.timeout(this.#now);
    if (connection.state !== 'closed' || taken.includes(true) || connection.deadline !== Number.POSITIVE_INFINITY)
      throw new Finding('state', `after a fault the connection is ${connection.state}`);
  }
}
