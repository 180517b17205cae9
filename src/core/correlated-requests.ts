// `request` of DEALER: any number at once. On the wire a request is [id] [] body…; a REP, or a ROUTER that answers with the
// envelope it got, returns the id, and the reply is known by it. Every attempt at a request has the same id: a reply to
// an earlier one answers the same question, so a server that is slower than `timeout` is heard all the same.
//
// An id is 16 bytes by chance: 8 that are this socket's, and 8 that no other peer can guess, which would else answer a
// request that it never got. A reply with such an id that nobody waits for any more is dropped here: it would fill the queue
// of a program that only makes requests.

import { closedError, zmqError } from '../errors.js';
import { EMPTY } from '../util/bytes.js';
import { type Deferred, deferred } from '../util/deferred.js';
import { node } from '../util/node-modules.js';
import type { Message } from './message.js';
import type { CheckedRequest, Operations, Requester } from './operations.js';
import { persist } from './requests.js';

const ID_SIZE = 16;
const PREFIX_SIZE = 8;

/** What shows each message that comes. */
interface Sorter {
  claimant: { readonly waiting: boolean; claim(message: Message): boolean };
  readonly hasPeers: boolean;
  sort(): void;
}

/** A request, through all its attempts. */
interface Course {
  readonly message: Message;
  readonly reply: Deferred<Message>;
  /** It was queued while no peer was there, and leaves by itself when one comes. */
  isQueued: boolean;
}

export class CorrelatedRequests implements Requester {
  readonly #operations: Operations;
  readonly #pattern: Sorter;
  readonly #crypto = node.crypto;
  readonly #prefix = this.#crypto.randomBytes(PREFIX_SIZE);
  readonly #pending = new Map<string, Deferred<Message>>();

  constructor(operations: Operations, pattern: Sorter) {
    this.#operations = operations;
    this.#pattern = pattern;
    pattern.claimant = this;
  }

  get waiting(): boolean {
    return this.#pending.size > 0;
  }

  claim(message: Message): boolean {
    const [id, delimiter, ...reply] = message;
    if (id?.length !== ID_SIZE || id.compare(this.#prefix, 0, PREFIX_SIZE, 0, PREFIX_SIZE) !== 0) return false;
    if (delimiter?.length !== 0 || reply.length === 0) return false;
    this.#pending.get(id.toString('latin1'))?.resolve(reply);
    return true;
  }

  async request(message: Message, options: CheckedRequest): Promise<Message> {
    const { context } = this.#operations;
    const id = Buffer.concat([this.#prefix, this.#crypto.randomBytes(ID_SIZE - PREFIX_SIZE)]);
    const key = id.toString('latin1');
    const course: Course = { message: [id, EMPTY, ...message], reply: deferred(), isQueued: false };
    // Whoever waits for it hears of it; between two attempts nobody does.
    course.reply.promise.catch(() => {});
    this.#pending.set(key, course.reply);
    context.hold();
    try {
      return await persist(options, () => this.#attempt(course, options));
    } finally {
      context.release();
      this.#pending.delete(key);
    }
  }

  close(): void {
    for (const reply of this.#pending.values()) reply.reject(closedError());
  }

  async #attempt(course: Course, { timeout, signal }: CheckedRequest): Promise<Message> {
    const { context, closed } = this.#operations;
    if (closed) throw closedError();
    signal?.throwIfAborted();
    const over = deferred<never>();
    const aborted = (): void => over.reject(signal?.reason as Error);
    const timer = timeout > 0 ? context.clock.after(timeout, () => over.reject(zmqError('EAGAIN'))) : undefined;
    signal?.addEventListener('abort', aborted, { once: true });
    try {
      this.#send(course, timeout, signal).catch(over.reject);
      if (timeout === 0) over.reject(zmqError('EAGAIN'));
      return await Promise.race([course.reply.promise, over.promise]);
    } finally {
      signal?.removeEventListener('abort', aborted);
      timer?.cancel();
    }
  }

  async #send(course: Course, timeout: number, signal: AbortSignal | undefined): Promise<void> {
    // What has come before stands in the way of the reply.
    this.#pattern.sort();
    if (course.isQueued && !this.#pattern.hasPeers) return;
    const sent = this.#operations.sendSoon([...course.message], { timeout, signal });
    const isAlone = !this.#pattern.hasPeers;
    await sent;
    course.isQueued = isAlone;
  }
}
