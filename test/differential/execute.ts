// Executes one script on one library, and tells what could be seen. Between steps it waits until nothing moves any more:
// libzmq works in threads of its own, ours in turns of the event loop, and only what is there when both are done can be
// compared. Looking (`readable`, `writable`) is also what makes libzmq take in what its threads have found.

import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Json,
  type Outcome,
  partsOf,
  type RawStep,
  type Script,
  type Simple,
  type SocketState,
  type Step,
  type StepRecord,
  type Transcript,
} from './script.js';
import { decodeValue, encodeError, encodeValue, Names } from './values.js';

/** Either library, seen from outside. */
export type Library = Readonly<Record<string, new (...args: unknown[]) => object>>;

export interface Place {
  /** Unique among the scripts of this process. */
  readonly me: string;
  /** An empty folder. */
  readonly dir: string;
  /** Free ports, one for each `{portN}` of the script. */
  readonly ports: readonly number[];
  /** What to multiply all waits with; more than 1 for second looks. */
  readonly patience: number;
}

/** Milliseconds. Quiet is: nothing has changed for so long. */
const QUIET = 14;
const LOOK_EVERY = 3;
const LATE = 8;
const QUIET_MAX = 600;
/** How much longer than its timeout an operation may take. */
const SLACK = 1500;

type Loose = Record<string, unknown>;

/** An operation that has been begun. */
interface Running {
  readonly name: string;
  /** The object it is an operation of. */
  readonly on: string | undefined;
  readonly begun: number;
  /** Of the operation, in ms; undefined when it has none. */
  readonly timeout: number | undefined;
  /** Whether to wait for its end before going on. */
  readonly ends: boolean;
  readonly over: Promise<void>;
  outcome: Outcome;
  told: boolean;
}

export class Execution {
  readonly #library: Library;
  readonly #place: Place;
  readonly #names: Names;
  readonly #objects = new Map<string, Loose>();
  readonly #iterators = new Map<string, AsyncIterator<unknown>>();
  readonly #running: Running[] = [];
  readonly #events = new Map<string, Json[]>();
  readonly #lastEndpoints = new Map<string, string>();
  readonly #lastIds = new Map<string, unknown>();
  readonly #raw = new Map<string, net.Socket | net.Server>();

  constructor(library: Library, place: Place) {
    this.#library = library;
    this.#place = place;
    const ports = place.ports.map((port, index) => [`:${port}`, `:{port${index + 1}}`] as const);
    this.#names = new Names([[place.dir, '{dir}'], [`//${place.me}`, '//{me}'], ...ports]);
  }

  async run(script: Script): Promise<Transcript> {
    const records: StepRecord[] = [];
    try {
      for (const [index, step] of script.entries()) records.push(await this.#step(index, step));
    } finally {
      this.#end();
    }
    return records;
  }

  async #step(index: number, step: Step): Promise<StepRecord> {
    const parts = partsOf(step);
    const begun: Running[] = [];
    for (const [part, simple] of parts.entries()) {
      begun.push(this.#begin(parts.length === 1 ? `${index}` : `${index}.${part}`, simple));
    }
    for (const running of begun) {
      if (running.outcome.how === 'pending' && running.ends) await this.#untilOver(running);
    }
    for (const part of parts) if ('wait' in part) await delay(part.wait * this.#place.patience);
    await this.#quiet();
    const settled: Record<string, Outcome> = {};
    for (const running of this.#running) {
      if (running.told || running.outcome.how === 'pending') continue;
      running.told = true;
      if (!begun.includes(running)) settled[running.name] = running.outcome;
    }
    return {
      outcomes: begun.map(({ outcome }) => outcome),
      settled,
      states: this.#statesNow(),
      events: this.#newEvents(),
    };
  }

  #begin(name: string, step: Simple): Running {
    const begun = performance.now();
    const timeout = this.#timeoutOf(step);
    let result: unknown;
    const settled = { name, on: targetOf(step), begun, timeout, ends: false, over: Promise.resolve(), told: false };
    try {
      result = this.#perform(step);
    } catch (error) {
      return this.#add({ ...settled, outcome: { how: 'threw', error: encodeError(error, this.#names) } });
    }
    if (!(result instanceof Promise)) {
      return this.#add({ ...settled, outcome: { how: 'gave', value: this.#encode(result) } });
    }
    const over = result.then(
      (value) => {
        this.#remember(step, value);
        running.outcome = { how: 'resolved', value: this.#encode(value), ...this.#waited(running) };
      },
      (error: unknown) => {
        running.outcome = { how: 'rejected', error: encodeError(error, this.#names), ...this.#waited(running) };
      },
    );
    const ends = (timeout !== undefined && timeout >= 0) || ('call' in step && /^(un)?bind/.test(step.call));
    const running: Running = { ...settled, ends, over, outcome: { how: 'pending' } };
    return this.#add(running);
  }

  #add(running: Running): Running {
    this.#running.push(running);
    return running;
  }

  #waited({ begun, timeout }: Running): { waited?: boolean } {
    if (timeout === undefined || timeout <= 0) return {};
    return { waited: performance.now() - begun > timeout * 0.85 };
  }

  async #untilOver({ over, timeout }: Running): Promise<void> {
    const limit = new AbortController();
    const late = delay(Math.max(timeout ?? 0, 0) + SLACK, undefined, { signal: limit.signal }).catch(() => {});
    await Promise.race([over, late]);
    limit.abort();
  }

  #timeoutOf(step: Simple): number | undefined {
    const target = targetOf(step);
    const verb = 'iterate' in step ? 'receive' : 'call' in step ? step.call : undefined;
    if (target === undefined || (verb !== 'send' && verb !== 'receive')) return undefined;
    try {
      const timeout = this.#objects.get(target)?.[`${verb}Timeout`];
      return typeof timeout === 'number' && timeout >= 0 ? timeout : undefined;
    } catch {
      return undefined;
    }
  }

  #perform(step: Simple): unknown {
    if ('new' in step) return this.#make(step.new, step.as, this.#decodeAll(step.args));
    if ('iterate' in step) return this.#iterate(step.iterate);
    if ('watch' in step) return void this.#watch(step.watch);
    if ('raw' in step) return this.#rawStep(step);
    if ('wait' in step) return undefined;
    const target = this.#target(step.on);
    if ('get' in step) return target[step.get];
    if ('set' in step) {
      target[step.set] = this.#decode(step.value);
      return undefined;
    }
    return (target as Record<string, (...args: unknown[]) => unknown>)[step.call]!(...this.#decodeAll(step.args));
  }

  #make(name: string, as: string, args: unknown[]): object {
    const type = this.#library[name];
    if (type === undefined) throw new Error(`there is no ${name}`);
    const object = new type(...args) as Loose;
    this.#objects.set(as, object);
    return object;
  }

  /** `a`, `a.events`, `a.context`. */
  #target(path: string): Loose {
    const [name, property] = path.split('.') as [string, string?];
    const object = this.#objects.get(name);
    if (object === undefined) throw new Error(`there is no object ${name}`);
    return property === undefined ? object : (object[property] as Loose);
  }

  #iterate(path: string): Promise<unknown> {
    let iterator = this.#iterators.get(path);
    if (iterator === undefined) {
      const iterable = this.#target(path) as unknown as AsyncIterable<unknown>;
      iterator = iterable[Symbol.asyncIterator]();
      this.#iterators.set(path, iterator);
    }
    return iterator.next().then(({ value, done }) => (done === true ? 'done' : { value }));
  }

  #watch(name: string): void {
    const events = this.#objects.get(name)?.events as { receive(): Promise<Loose>; closed: boolean };
    const seen: Json[] = [];
    this.#events.set(name, seen);
    const next = (): void => {
      if (events.closed) return;
      events.receive().then(
        (event) => {
          seen.push(this.#encode(event));
          next();
        },
        () => {},
      );
    };
    next();
  }

  #rawStep({ raw, as, to = '', hex = '' }: RawStep): void {
    const existing = this.#raw.get(as);
    const port = Number(/:(\d+)$/.exec(this.#text(to))?.[1] ?? 0);
    if (raw === 'listen') {
      const server = net.createServer((socket) => this.#keepRaw(`${as}.peer`, socket)).on('error', () => {});
      this.#raw.set(as, server.listen(port, '127.0.0.1'));
    } else if (raw === 'connect') this.#keepRaw(as, net.connect(port, '127.0.0.1'));
    else if (!(existing instanceof net.Socket)) throw new Error(`there is no raw socket ${as}`);
    else if (raw === 'write') existing.write(Buffer.from(hex, 'hex'));
    else existing.destroy();
  }

  #keepRaw(name: string, socket: net.Socket): void {
    this.#raw.set(name, socket.on('error', () => {}).resume());
  }

  #remember(step: Simple, value: unknown): void {
    if ('call' in step && step.call === 'receive' && Array.isArray(value)) this.#lastIds.set(step.on, value[0]);
  }

  #decode(value: Json): unknown {
    return decodeValue(
      value,
      (text) => this.#text(text),
      ({ $, name, of }) => ($ === 'id' ? this.#lastIds.get(of as string) : this.#objects.get(name as string)),
    );
  }

  #decodeAll(values: readonly Json[] = []): unknown[] {
    return values.map((value) => this.#decode(value));
  }

  #text(text: string): string {
    return text
      .replaceAll('{dir}', this.#place.dir)
      .replaceAll('{me}', this.#place.me)
      .replace(/\{port(\d)\}/g, (_, number) => String(this.#place.ports[Number(number) - 1]))
      .replace(/\{last (\w+)\}/g, (_, name) => this.#lastEndpoints.get(name) ?? 'none');
  }

  #encode(value: unknown): Json {
    return encodeValue(value, this.#names);
  }

  async #quiet(): Promise<void> {
    const { patience } = this.#place;
    const end = performance.now() + QUIET_MAX * patience;
    let before = '';
    let since = 0;
    for (let last = performance.now(); last < end; last = performance.now()) {
      const now = this.#look();
      const looked = performance.now();
      if (now !== before) since = looked;
      before = now;
      if (looked - since >= QUIET * patience) return;
      await delay(LOOK_EVERY);
      // A look that comes late says that the machine is busy, and others may not have had their turn either.
      if (performance.now() - looked > LATE) since = performance.now();
    }
  }

  #look(): string {
    const states = this.#sockets().map(([name, socket]) => this.#state(name, socket));
    const events = [...this.#events.values()].map((seen) => seen.length);
    return JSON.stringify([states, events, this.#running.map(({ outcome }) => outcome.how)]);
  }

  #sockets(): [string, Loose][] {
    return [...this.#objects].filter(([, object]) => 'readable' in object);
  }

  /**
   * To look at `readable` or `writable` of a zeromq.js socket takes in what libzmq has to tell, also what an operation
   * of it is waiting for, which is then never woken up. So nobody looks while one waits.
   */
  #state(name: string, socket: Loose): SocketState {
    const waits = this.#running.some(({ on, outcome }) => on === name && outcome.how === 'pending');
    const read = (property: string): Json => this.#encode(this.#property(socket, property));
    return {
      readable: waits ? 'waiting' : read('readable'),
      writable: waits ? 'waiting' : read('writable'),
      closed: read('closed'),
      lastEndpoint: read('lastEndpoint'),
    };
  }

  #property(socket: Loose, property: string): unknown {
    try {
      return socket[property];
    } catch (error) {
      return error;
    }
  }

  #statesNow(): Record<string, SocketState> {
    const states: Record<string, SocketState> = {};
    for (const [name, socket] of this.#sockets()) {
      const state = this.#state(name, socket);
      const last = state.closed === true ? undefined : this.#property(socket, 'lastEndpoint');
      if (typeof last === 'string') this.#lastEndpoints.set(name, last);
      states[name] = state;
    }
    return states;
  }

  #newEvents(): Record<string, Json[]> {
    const news: Record<string, Json[]> = {};
    for (const [name, seen] of this.#events) if (seen.length > 0) news[name] = seen.splice(0);
    return news;
  }

  #end(): void {
    for (const [, socket] of this.#sockets()) {
      try {
        socket.linger = 0;
      } catch {
        // Closed, or still binding: then it has nothing to linger for.
      }
      (socket as { close(): void }).close();
    }
    for (const raw of this.#raw.values()) {
      if (raw instanceof net.Socket) raw.destroy();
      else raw.close();
    }
  }
}

function targetOf(step: Simple): string | undefined {
  return 'iterate' in step ? step.iterate : 'on' in step ? step.on : undefined;
}
