// A proxy: everything that one socket receives is sent by another, both ways (libzmq's zmq_proxy_steerable). ROUTER and
// DEALER make a broker, XSUB and XPUB a forwarder, PULL and PUSH a distributor of work.
//
// Messages move from pattern to pattern, without a promise each. A message is taken from one side only when the other
// can send, so a full back end stops the reading of the front, and with it the front's peers: queues stay bounded by the
// high-water marks of the two sockets.

import { describe, InvalidArgumentError, typeError, type ZmqError, zmqError } from '../errors.js';
import { type Deferred, deferred } from '../util/deferred.js';
import { checkCount } from './arguments.js';
import type { Loan } from './loan.js';
import type { Message } from './message.js';
import { Socket } from './socket.js';

/** Messages that move one way before the other way has its turn. */
const BATCH = 64;

/** One direction. */
class Lane {
  readonly #from: Loan;
  readonly #to: Loan;
  readonly #capture: Loan | undefined;
  /** Taken, and its receiver is full: the one case that `writable` cannot tell beforehand (a mandatory ROUTER, noDrop). */
  #held: Message | undefined;

  constructor(from: Loan, to: Loan, capture: Loan | undefined) {
    this.#from = from;
    this.#to = to;
    this.#capture = capture;
  }

  /** Moves one message. False: there is none, or it cannot be sent now. @throws EFSM */
  move(): boolean {
    const message = this.#held ?? this.#take();
    if (message === undefined) return false;
    this.#held = this.#send(message) ? undefined : message;
    return this.#held === undefined;
  }

  #take(): Message | undefined {
    if (!this.#from.readable || !this.#to.writable) return undefined;
    if (this.#capture === undefined) return this.#from.receive();
    if (!this.#capture.writable) return undefined;
    const message = this.#from.receive();
    // Another list of the same frames: patterns may put their own in front.
    if (message !== undefined) this.#capture.send([...message]);
    return message;
  }

  /** A peer that is gone shall not cost the others their proxy: what is for it is dropped, `mandatory` or not. */
  #send(message: Message): boolean {
    try {
      return this.#to.send(message);
    } catch (error) {
      if ((error as ZmqError).code === 'EHOSTUNREACH') return true;
      throw error;
    }
  }
}

/** What there is between `run` and the end. */
interface Course {
  readonly loans: readonly Loan[];
  readonly lanes: readonly Lane[];
  readonly ended: Deferred<void>;
}

/**
 * Passes messages between two sockets, both ways, until `terminate`.
 *
 * ```js
 * const proxy = new Proxy(new Router(), new Dealer());
 * await proxy.frontEnd.bind('tcp://127.0.0.1:3001');
 * await proxy.backEnd.bind('tcp://127.0.0.1:3002');
 * await proxy.run();
 * ```
 */
// biome-ignore lint/suspicious/noShadowRestrictedNames: zeromq.js's name
export class Proxy<F extends Socket = Socket, B extends Socket = Socket> {
  readonly #frontEnd: F;
  readonly #backEnd: B;
  readonly #capture: Socket | undefined;
  #course: Course | undefined;
  #paused = false;
  #ending = false;
  /** A pump is on its way: a microtask, or the next turn of the event loop. */
  #due = false;
  #pumping = false;
  /** Something changed while pumping. */
  #again = false;
  readonly #changed = (): void => this.#pumpSoon();
  readonly #pumpNow = (): void => this.#pump();

  /**
   * @param frontEnd one socket
   * @param backEnd the other; the same socket is possible, which then sends back what it receives
   * @param capture gets a copy of each message, of either direction; where it has to wait, so does the proxy. Not in
   *   zeromq.js (the capture socket of zmq_proxy)
   * @throws TypeError for what is no socket; EINVAL when the capture socket is one of the others
   */
  constructor(frontEnd: F, backEnd: B, capture?: Socket) {
    checkSocket('Front-end', frontEnd);
    checkSocket('Back-end', backEnd);
    if (capture !== undefined) checkSocket('Capture', capture);
    if (capture !== undefined && [frontEnd, backEnd as Socket].includes(capture)) {
      throw zmqError('EINVAL', 'the capture socket is one of the two that the proxy is between');
    }
    this.#frontEnd = frontEnd;
    this.#backEnd = backEnd;
    this.#capture = capture;
  }

  /** The first socket. */
  get frontEnd(): F {
    return this.#frontEnd;
  }

  /** The second socket. */
  get backEnd(): B {
    return this.#backEnd;
  }

  /**
   * Passes messages until `terminate`; then the sockets are closed and the promise resolves. Until then the sockets belong
   * to the proxy: their methods throw EBUSY. Keeps the process alive.
   * @throws EINVAL when one of the sockets is neither bound nor connected, EBUSY when it is in use by a bind or another
   *   proxy; rejects with EINVAL or EFSM when what one socket receives is nothing that the other may send, and the sockets are closed
   */
  run(...extra: []): Promise<void> {
    checkCount(extra, 0);
    checkReady('Front-end', this.#frontEnd);
    checkReady('Back-end', this.#backEnd);
    if (this.#capture !== undefined) checkReady('Capture', this.#capture);
    this.#paused = false;
    this.#ending = false;
    this.#course = this.#start();
    this.#pumpSoon();
    return this.#course.ended.promise;
  }

  /** Stops passing messages, until `resume`; they wait in the sockets' queues, and then at the peers. @throws EBADF when it does not run */
  pause(...extra: []): void {
    checkCount(extra, 0);
    this.#checkRunning();
    this.#paused = true;
  }

  /** Passes messages again. @throws EBADF when it does not run */
  resume(...extra: []): void {
    checkCount(extra, 0);
    this.#checkRunning();
    this.#paused = false;
    this.#pumpSoon();
  }

  /**
   * Ends the proxy and closes its sockets, a moment later: then the promise of `run` resolves. What they have not sent
   * leaves within their `linger`; what they have not read is lost.
   * @throws EBADF when it does not run
   */
  terminate(...extra: []): void {
    checkCount(extra, 0);
    this.#checkRunning();
    if (this.#ending) return;
    this.#ending = true;
    queueMicrotask(() => this.#end(undefined));
  }

  get #sockets(): Socket[] {
    const all = [this.#frontEnd, this.#backEnd, this.#capture];
    return [...new Set(all.filter((socket) => socket !== undefined))];
  }

  #start(): Course {
    const loans = this.#sockets.map((socket) => Socket.lend(socket, this.#changed));
    const [front, second, third] = loans as [Loan, Loan, Loan];
    const same = this.#frontEnd === (this.#backEnd as Socket);
    const capture = same ? second : third;
    const lanes = same
      ? [new Lane(front, front, capture)]
      : [new Lane(front, second, capture), new Lane(second, front, capture)];
    return { loans, lanes, ended: deferred<void>() };
  }

  #checkRunning(): void {
    if (this.#course === undefined) throw zmqError('EBADF', 'the proxy does not run');
  }

  /** Not at once: who tells us of a change may be in the middle of one, and there may be more. */
  #pumpSoon(): void {
    this.#again = this.#pumping;
    if (this.#due || this.#pumping || this.#paused || this.#ending) return;
    this.#due = true;
    queueMicrotask(this.#pumpNow);
  }

  #pump(): void {
    this.#due = false;
    const course = this.#course;
    if (course === undefined) return;
    this.#pumping = true;
    try {
      do this.#again = false;
      while (this.#pumpOnce(course.lanes) || (this.#again && !this.#stopped));
    } catch (error) {
      this.#end(error as Error);
    }
    this.#pumping = false;
  }

  /** A batch in each direction. False: nothing moved, or it is time to stop. */
  #pumpOnce(lanes: readonly Lane[]): boolean {
    let moved = false;
    for (const lane of lanes) {
      for (let count = 0; count < BATCH; count++) {
        if (this.#stopped || !lane.move()) break;
        moved = true;
        this.#spend();
      }
    }
    return moved && !this.#stopped;
  }

  get #stopped(): boolean {
    return this.#due || this.#paused || this.#ending;
  }

  /** Counts a message; when the turn is used up, goes on in the next one, for timers and other sockets have theirs too. */
  #spend(): void {
    const later = this.#course?.loans[0]?.turn.spend();
    if (later === undefined) return;
    this.#due = true;
    void later.then(this.#pumpNow);
  }

  #end(error: Error | undefined): void {
    const course = this.#course;
    if (course === undefined) return;
    this.#course = undefined;
    for (const loan of course.loans) loan.close();
    if (error === undefined) course.ended.resolve();
    else course.ended.reject(error);
  }
}

function checkSocket(role: string, socket: unknown): void {
  if (typeof socket !== 'object' || socket === null) {
    throw typeError(`${role} must be a socket object`, `it is ${describe(socket)}`);
  }
  if (!(socket instanceof Socket)) throw new Error('Invalid argument');
}

function checkReady(role: string, socket: Socket): void {
  if (Socket.hasEndpoints(socket)) return;
  throw new InvalidArgumentError('EINVAL', `${role} socket must be bound or connected`);
}
