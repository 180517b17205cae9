// The option `authenticator`: a function of the program's that decides which peers may come in, in place of a ZAP handler. What
// it is shown of a peer, what it may answer, and how it is asked: never on our own stack, never to the process' harm.

import { typeError } from '../errors.js';
import type { ZapReply, ZapRequest } from '../protocol/mechanism.js';
import { z85Encode } from '../security/z85.js';
import { USER_ID_MAX, utf8, type ZapContext } from '../security/zap.js';
import { checkedProperties, type PropertyValues } from './properties.js';
import type { Question } from './session.js';

/** What is known of a peer that wants to come in, whatever the mechanism. */
interface Applicant {
  /** The socket's `zapDomain`; empty when none is set. */
  readonly domain: string;
  /** The peer's IP address, without the port; `localhost` where the transport has none, such as `ipc://`. */
  readonly address: string;
  /** Aborted when no answer is wanted any more: the peer has left, its time is over, or the socket was closed. */
  readonly signal: AbortSignal;
}

/** A peer that proves nothing. */
export interface NullRequest extends Applicant {
  /** Which kind of request this is. */
  readonly mechanism: 'NULL';
}

/** A peer with a name and a password. */
export interface PlainRequest extends Applicant {
  /** Which kind of request this is. */
  readonly mechanism: 'PLAIN';
  /** At most 255 bytes; may be empty. */
  readonly username: string;
  /** Not enumerable: neither printed nor copied along with the rest. Compare it with `secretsEqual`. */
  readonly password: string;
}

/** A peer that has proved to own a key. */
export interface CurveRequest extends Applicant {
  /** Which kind of request this is. */
  readonly mechanism: 'CURVE';
  /** The peer's long-term public key: 40 characters of Z85. */
  readonly publicKey: string;
}

/** A peer that wants to come in; `mechanism` says what is known of it. */
export type AuthenticationRequest = NullRequest | PlainRequest | CurveRequest;

/** Lets the peer in, and says who it is. */
export interface Acceptance {
  /** For `peer.userId`: at most 255 bytes. */
  readonly userId?: string | undefined;
  /** For `peer.properties`, as in the option `properties`. They outrank what the peer says of itself. */
  readonly properties?: PropertyValues | undefined;
}

/** Keeps the peer out, and says why: 300 for now, it may try again; 400 for good; 500 something is wrong here. */
export interface Refusal {
  /** ZAP's (RFC 27): 300 temporary, 400 denied, 500 internal error. */
  readonly status: 300 | 400 | 500;
}

/** True lets the peer in, false keeps it out (400). */
export type AuthenticationResult = boolean | Acceptance | Refusal;

/**
 * Decides whether a peer may come in. The peer waits meanwhile, until `handshakeInterval` is over. One that throws, rejects or
 * answers something else keeps the peer out with status 500.
 */
export type Authenticator = (request: AuthenticationRequest) => AuthenticationResult | Promise<AuthenticationResult>;

/** What an acceptance may have. One with something else means something else: who reads on would let in whom it keeps out. */
const ANSWERED = ['userId', 'properties', 'status'];

/** @throws TypeError; the value, which may hold passwords, is not quoted */
export function checkedAuthenticator(value: unknown): Authenticator | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'function') return value as Authenticator;
  throw typeError('Authenticator must be a function or null', `not ${typeof value}`);
}

/** @param failed told what the authenticator threw, or what was wrong with its answer */
export function askAuthenticator(
  authenticator: Authenticator,
  context: ZapContext,
  request: ZapRequest,
  answer: (reply: ZapReply) => void,
  failed: (error: unknown) => void,
): Question {
  const whenClosed = new AbortController();
  const { signal } = whenClosed;
  const ask = async (): Promise<ZapReply> => {
    try {
      const shown = shownTo(request, context, signal);
      return shown === undefined ? refusal(400) : replyOf(await authenticator(shown));
    } catch (error) {
      if (!signal.aborted) failed(error);
      return refusal(500, error);
    }
  };
  process.nextTick(async () => {
    if (signal.aborted) return;
    const reply = await ask();
    if (!signal.aborted) answer(reply);
  });
  return { close: () => whenClosed.abort() };
}

/** Undefined where name and password are no text: they could not be told from others once they are. */
function shownTo(
  { mechanism, credentials }: ZapRequest,
  { domain, address }: ZapContext,
  signal: AbortSignal,
): AuthenticationRequest | undefined {
  const applicant = { domain, address, signal };
  if (mechanism === 'CURVE') return { mechanism, publicKey: z85Encode(credentials[0] as Buffer), ...applicant };
  if (mechanism !== 'PLAIN') return { mechanism: 'NULL', ...applicant };
  const [username, password] = credentials.map(utf8);
  if (username === undefined || password === undefined) return undefined;
  const shown: Omit<PlainRequest, 'password'> = { mechanism: 'PLAIN', username, ...applicant };
  return Object.defineProperty(shown, 'password', { get: () => password }) as PlainRequest;
}

/** @throws TypeError, EINVAL */
function replyOf(result: unknown): ZapReply {
  if (typeof result === 'boolean') return result ? acceptance({}) : refusal(400);
  if (!isRecord(result)) throw noAnswer(result);
  const { status } = result as Partial<Refusal>;
  if (status === 300 || status === 400 || status === 500) return refusal(status);
  if (status === undefined && Object.keys(result).every((key) => ANSWERED.includes(key))) return acceptance(result);
  throw noAnswer(result);
}

/** No list, error, Map or the like: as answers they would be empty, and let everybody in. */
function isRecord(result: unknown): result is object {
  return typeof result === 'object' && Object.prototype.toString.call(result) === '[object Object]';
}

/** @throws TypeError, EINVAL */
function acceptance({ userId = '', properties = {} }: Acceptance): ZapReply {
  if (typeof userId !== 'string' || Buffer.byteLength(userId) > USER_ID_MAX) {
    throw typeError(
      `A user id is text of at most ${USER_ID_MAX} bytes`,
      `not ${typeof userId === 'string' ? 'more' : typeof userId}`,
    );
  }
  const named = checkedProperties(properties).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { status: 200, userId, properties: new Map(named) };
}

function refusal(status: 300 | 400 | 500, cause?: unknown): ZapReply {
  return { status, userId: '', properties: new Map(), cause };
}

/** Says what kind of thing it was and no more: it may be a record with a password in it. */
function noAnswer(result: unknown): TypeError {
  const kind = typeof result !== 'object' ? typeof result : result === null ? 'null' : 'another object';
  const detail = `true, false, { userId, properties } or { status: 300, 400 or 500 }, not ${kind}`;
  return typeError('An authenticator answers whether the peer may come in', detail);
}
