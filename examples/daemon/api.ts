/**
 * The service's methods, without sockets: frames in, reply out. Whatever comes in, something sensible goes out; an input
 * that could end the service or stay without a reply would be a defect. Used by service.ts, one request after the other.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import { API_VERSION, ApiError, checkedId, decodeRequest, type Params, type Result } from './protocol.js';
import type { Store } from './store.js';

export class Api {
  /** Where the service can be reached; for `status`. */
  endpoint = '';
  /** Requests that had the token, whatever became of them. */
  requests = 0;
  /** Somebody who may has asked the service to end. */
  stopping = false;
  readonly #token: Buffer;
  readonly #store: Store;
  readonly #methods: ReadonlyMap<string, (params: Params) => Result>;

  constructor(token: string, store: Store) {
    this.#token = digest(token);
    this.#store = store;
    this.#methods = new Map<string, (params: Params) => Result>([
      ['health', () => ({ status: 'ok', apiVersion: API_VERSION })],
      ['status', () => this.#status()],
      ['stop', () => this.#stop()],
      ['item.put', ({ id, value }) => this.#put(checkedId(id), value)],
      ['item.get', ({ id }) => ({ id, value: store.get(checkedId(id)) })],
      ['item.list', () => ({ ids: store.ids() })],
      ['item.remove', ({ id }) => this.#remove(checkedId(id))],
    ]);
  }

  /** Never throws. */
  answer(frames: readonly Buffer[]): string {
    try {
      return JSON.stringify(this.#call(frames));
    } catch (error) {
      const { code, message } = error instanceof ApiError ? error : unexpected(error as Error);
      return JSON.stringify({ error: { code, message } });
    }
  }

  /** The token comes first: of somebody without it, nothing is even parsed. */
  #call([token, body, ...more]: readonly Buffer[]): Result {
    if (token === undefined || !timingSafeEqual(digest(token), this.#token)) {
      throw new ApiError('BAD_TOKEN', 'the first frame is not the token of this session');
    }
    this.requests++;
    if (body === undefined || more.length > 0) {
      throw new ApiError('BAD_REQUEST', 'a request has two frames: the token and a JSON text');
    }
    const { method, params } = decodeRequest(body);
    const call = this.#methods.get(method);
    if (call !== undefined) return call(params);
    throw new ApiError('UNKNOWN_METHOD', `a method is one of ${[...this.#methods.keys()].join(', ')}`);
  }

  #status(): Result {
    const uptime = Math.round(process.uptime() * 1000);
    const { endpoint, requests } = this;
    return { pid: process.pid, uptime, requests, items: this.#store.size, endpoint, apiVersion: API_VERSION };
  }

  #stop(): Result {
    this.stopping = true;
    return { stopping: true };
  }

  #put(id: string, value: unknown): Result {
    if (typeof value !== 'string') throw new ApiError('BAD_PARAMS', '"value" is a string');
    return { id, created: this.#store.put(id, value) };
  }

  #remove(id: string): Result {
    this.#store.remove(id);
    return { id, removed: true };
  }
}

/** Of one length whatever is sent, so that comparing takes the same time for all. */
function digest(token: string | Buffer): Buffer {
  return createHash('sha256').update(token).digest();
}

/** A full disk, for instance. The log has the whole of it. */
function unexpected(error: Error): ApiError {
  console.error(error);
  return new ApiError('INTERNAL', `the service could not do it: ${error.message}`);
}
