/**
 * What the service and its clients have to agree on: names, limits, and the form of requests and replies.
 *
 * A request has two frames: the token from the session file, and a JSON text `{ "method": …, "params": { … } }`. The reply
 * is one frame: a JSON object with the result, or `{ "error": { "code": …, "message": … } }`.
 */

export const NAME = 'daemon';
export const API_VERSION = 1;

/** Bytes of a request's JSON text. What is a little larger gets an error reply. */
export const REQUEST_MAX = 16 * 1024;
/** Bytes of a whole message. A peer that sends more loses its connection before the service has to store it. */
export const MESSAGE_MAX = 4 * REQUEST_MAX;
/** Bytes of a reply: a list of all ids has to fit. */
export const REPLY_MAX = 1024 * 1024;

/** What a reply may say under `error.code`. */
export type ErrorCode =
  | 'BAD_TOKEN'
  | 'BAD_REQUEST'
  | 'TOO_LARGE'
  | 'UNKNOWN_METHOD'
  | 'BAD_PARAMS'
  | 'BAD_ID'
  | 'NOT_FOUND'
  | 'FULL'
  | 'INTERNAL';

export type Params = Readonly<Record<string, unknown>>;
export type Result = Record<string, unknown>;

export class ApiError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * An id ends up in logs, in scripts and in file names of others: so it is a plain word, and never anything that a shell or
 * a file system takes for more. Both sides check: the client for its user's sake, the service because it trusts no client.
 * @throws ApiError BAD_ID
 */
export function checkedId(id: unknown): string {
  if (typeof id === 'string' && ID.test(id) && !id.includes('..')) return id;
  const given = typeof id === 'string' ? JSON.stringify(id.slice(0, SHOWN)) : typeof id;
  throw new ApiError(
    'BAD_ID',
    `an id has 1 to 64 letters, digits, "-", "_" or ".", begins with a letter or digit and has no ".." in it; got ${given}`,
  );
}

export function encodeRequest(token: string, method: string, params: Params): string[] {
  const text = JSON.stringify({ method, params });
  const bytes = Buffer.byteLength(text);
  if (bytes > REQUEST_MAX) throw tooLarge(bytes);
  return [token, text];
}

/** @throws ApiError when it is no request; nothing of it has been acted on then */
export function decodeRequest(body: Buffer): { method: string; params: Params } {
  if (body.length > REQUEST_MAX) throw tooLarge(body.length);
  const request = parse(body);
  if (!isObject(request)) throw new ApiError('BAD_REQUEST', 'a request is a JSON object');
  const { method, params = {} } = request;
  if (typeof method !== 'string') throw new ApiError('BAD_REQUEST', 'a request has a "method", which is a string');
  if (!isObject(params)) throw new ApiError('BAD_PARAMS', '"params" is an object');
  return { method, params };
}

/** @throws ApiError: the one in the reply */
export function decodeReply(body: Buffer | undefined): Result {
  const reply = parse(body ?? Buffer.alloc(0));
  if (!isObject(reply)) throw new ApiError('INTERNAL', 'the reply is no JSON object');
  const { error } = reply;
  if (isObject(error)) throw new ApiError(error.code as ErrorCode, String(error.message));
  return reply;
}

function tooLarge(bytes: number): ApiError {
  return new ApiError('TOO_LARGE', `a request has at most ${REQUEST_MAX} bytes, this one has ${bytes}`);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(body));
  } catch (error) {
    throw new ApiError('BAD_REQUEST', `no JSON text: ${(error as Error).message}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const SHOWN = 80;
const UTF8 = new TextDecoder('utf-8', { fatal: true });
