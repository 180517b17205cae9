// `mem://name`: byte streams inside the process, under the test's control. Bytes travel in ticks, never inside the call
// that wrote them, in pieces of any size; a link can be stalled, filled up, ended and reset.
//
// One MemoryNetwork for each test. `listen` and `dial` also give the test an end of its own, to speak as a peer of any kind.

import type {
  ByteStream,
  ConnectDone,
  ListenHandler,
  Listening,
  StreamHandler,
  Target,
  Transport,
} from '../../src/transport/transport.js';

type Fault = Error & { code: string };

/** How bytes travel in one direction. */
export interface Wire {
  /** Bytes on their way before the writer is told that the stream is full. */
  capacity: number;
  /** Nothing arrives until `flow`. */
  stalled: boolean;
  /** The sizes of the pieces that arrive, over and over; whole writes when empty. */
  pieces: readonly number[];
}

export class MemoryStream implements ByteStream {
  /** What this end sends travels here. */
  readonly wire: Wire;
  other!: MemoryStream;
  /** What was dialled. */
  name = '';
  /** Gets a copy of everything that is written. */
  tap: Buffer[] | undefined;
  /** What was written and has not arrived. */
  #sent: Buffer[] = [];
  #inFlight = 0;
  #handler: StreamHandler | undefined;
  #paused = false;
  #needsDrain = false;
  #ended = false;
  #whenSent: () => void = () => {};
  #over = false;
  #pumping = false;
  #piece = 0;
  #arrived = 0;
  #trap: { readonly at: number; readonly spring: () => void } | undefined;

  constructor(wire: Wire) {
    this.wire = { ...wire };
  }

  /** Destroyed, by either side. */
  get over(): boolean {
    return this.#over;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Bytes that have arrived at the other end. */
  get arrived(): number {
    return this.#arrived;
  }

  /** Bytes on their way to the other end. */
  get inFlight(): number {
    return this.#inFlight;
  }

  start(handler: StreamHandler): void {
    this.#handler = handler;
    this.other.#pumpSoon();
  }

  write(chunks: readonly Buffer[]): boolean {
    if (this.#over || this.#ended) return true;
    for (const chunk of chunks) {
      // A copy, as a system makes: the writer may use the memory again once it has arrived.
      this.#sent.push(Buffer.from(chunk));
      this.tap?.push(Buffer.from(chunk));
      this.#inFlight += chunk.length;
    }
    this.#pumpSoon();
    this.#needsDrain = this.#inFlight >= this.wire.capacity;
    return !this.#needsDrain;
  }

  /** What has not arrived, write by write. */
  get unfinished(): number {
    return this.#sent.length;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.other.#pumpSoon();
  }

  end(sent: () => void = () => {}): void {
    this.#ended = true;
    this.#whenSent = sent;
    this.#pumpSoon();
  }

  destroy(): void {
    this.#handler = undefined;
    this.#over = true;
    this.end();
  }

  // What the test does to the link.

  stall(): void {
    this.wire.stalled = true;
  }

  flow(): void {
    this.wire.stalled = false;
    this.#pumpSoon();
  }

  /** `spring` is called once exactly so many bytes have arrived. */
  trap(at: number, spring: () => void): void {
    this.#trap = { at, spring };
  }

  /** As when this end's process ends in peace: no more comes, and what is on its way is lost. */
  cutOff(): void {
    this.#sent = [];
    this.#inFlight = 0;
    this.end();
  }

  /** Ends both sides at once; what is on its way is lost. */
  reset(): void {
    const error: Fault = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    for (const end of [this, this.other]) {
      end.#sent = [];
      end.#inFlight = 0;
      end.#close(error);
    }
  }

  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    process.nextTick(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  /** One piece a tick, so that everything else can happen in between. */
  #pump(): void {
    const { other } = this;
    if (this.wire.stalled || other.#over || (other.#handler === undefined && !this.#over)) return;
    if (this.#inFlight > 0) {
      if (other.#paused) return;
      if (this.#sprung()) return;
      const piece = this.#nextPiece();
      this.#arrived += piece.length;
      // What nobody refers to any more may hold anything.
      if (other.#handler?.data(piece) === true) piece.fill(0xdd);
      this.#drained();
      this.#pumpSoon();
    } else if (this.#ended) {
      this.#whenSent();
      this.#whenSent = () => {};
      other.#close(undefined);
      // As NetStream: who hears the end says no more either.
      other.end();
    }
  }

  #sprung(): boolean {
    if (this.#trap === undefined || this.#arrived < this.#trap.at) return false;
    const { spring } = this.#trap;
    this.#trap = undefined;
    spring();
    return true;
  }

  #nextPiece(): Buffer {
    const { pieces } = this.wire;
    const [first] = this.#sent as [Buffer];
    const wanted = pieces.length === 0 ? first.length : Math.max(1, pieces[this.#piece++ % pieces.length]!);
    const size = Math.min(wanted, (this.#trap?.at ?? Number.POSITIVE_INFINITY) - this.#arrived);
    const piece = Buffer.from(first.subarray(0, size));
    if (piece.length === first.length) this.#sent.shift();
    else this.#sent[0] = first.subarray(size);
    this.#inFlight -= piece.length;
    return piece;
  }

  #drained(): void {
    if (!this.#needsDrain || this.#inFlight >= this.wire.capacity) return;
    this.#needsDrain = false;
    process.nextTick(() => this.#handler?.drain());
  }

  #close(error: Error | undefined): void {
    const handler = this.#handler;
    this.#handler = undefined;
    this.#over = true;
    handler?.closed(error);
  }
}

/** The sizes of what is written to the stream from now on, write by write. */
export function writesTo(stream: MemoryStream): number[] {
  const write = stream.write.bind(stream);
  const writes: number[] = [];
  stream.write = (chunks) => {
    writes.push(Buffer.concat(chunks).length);
    return write(chunks);
  };
  return writes;
}

/** What becomes of attempts to connect. */
export type Answer = 'listen' | 'refuse' | 'hang';

export class MemoryNetwork {
  /** The dialling ends of every connection made, in order. */
  readonly links: MemoryStream[] = [];
  /** For new connections, both ways. */
  readonly wire: Wire = { capacity: 1 << 20, stalled: false, pieces: [] };
  answer: Answer = 'listen';
  /** Set to a list, it gets a copy of all that is written from then on, by either side of a new connection. */
  tap: Buffer[] | undefined;
  /** Attempts to connect so far, and how many of them were given up. */
  attempts = 0;
  abandoned = 0;
  /** Sees each new connection before anything travels over it: the end that dialled, and the other. */
  onLink: (near: MemoryStream, far: MemoryStream) => void = () => {};
  /** Until it resolves, `bind` is pending. */
  bindGate: Promise<void> = Promise.resolve();
  readonly #listeners = new Map<string, ListenHandler>();

  readonly transport: Transport = {
    scheme: 'mem',
    target: (name): Target => ({
      listen: (_options, handler) => this.#listen(name, handler),
      connect: (_options, done) => this.#connect(name, done),
    }),
  };

  /** The last connection's dialling end. */
  get link(): MemoryStream {
    return this.links.at(-1)!;
  }

  /** What the tap has. */
  get carried(): Buffer {
    return Buffer.concat(this.tap ?? []);
  }

  /** The test connects to what a socket has bound. */
  dial(name: string): MemoryStream {
    const stream = this.#join(name);
    if (stream === undefined) throw new Error(`nobody listens on mem://${name}`);
    return stream;
  }

  /** The test takes the connections to `name`. */
  listen(name: string, accepted: (stream: MemoryStream) => void): () => void {
    this.#listeners.set(name, { accepted: accepted as ListenHandler['accepted'], failed: () => {} });
    return () => this.#listeners.delete(name);
  }

  async #listen(name: string, handler: ListenHandler): Promise<Listening> {
    await this.bindGate;
    if (this.#listeners.has(name)) throw fault('listen', 'EADDRINUSE');
    this.#listeners.set(name, handler);
    const close = (): void => {
      if (this.#listeners.get(name) === handler) this.#listeners.delete(name);
    };
    return { endpoint: `mem://${name}`, close };
  }

  #connect(name: string, done: ConnectDone): () => void {
    let open = true;
    this.attempts++;
    process.nextTick(() => {
      if (!open || this.answer === 'hang') return;
      open = false;
      const stream = this.answer === 'listen' ? this.#join(name) : undefined;
      done(stream === undefined ? fault('connect', 'ECONNREFUSED') : undefined, stream);
    });
    return () => {
      if (open) this.abandoned++;
      open = false;
    };
  }

  #join(name: string): MemoryStream | undefined {
    const listener = this.#listeners.get(name);
    if (listener === undefined) return undefined;
    const near = new MemoryStream(this.wire);
    const far = new MemoryStream(this.wire);
    near.name = far.name = name;
    near.tap = far.tap = this.tap;
    near.other = far;
    far.other = near;
    this.links.push(near);
    this.onLink(near, far);
    listener.accepted(far);
    return near;
  }
}

function fault(call: string, code: string): Fault & { errno: number } {
  return Object.assign(new Error(`${call} ${code}`), { code, errno: -1 });
}
