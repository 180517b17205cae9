/**
 * A client of a running service: found by its session file, asked with the token that is in it. Every wait has an end.
 */

import { findSession, Request, type Session } from '../../src/index.js';
import { late, notRunning } from './failure.js';
import { decodeReply, encodeRequest, NAME, type Params, REPLY_MAX, type Result } from './protocol.js';
import { clientSecurity } from './secure.js';

/** @throws Failure when none is live */
export async function runningSession(home: string): Promise<Session> {
  const session = await findSession(home, NAME);
  if (session === undefined) throw notRunning(home);
  return session;
}

export class Client {
  readonly #session: Session;
  readonly #socket: Request;
  readonly #timeout: number;

  /** @param security options of the socket: see secure.ts */
  constructor(session: Session, timeout: number, security: object) {
    this.#session = session;
    this.#timeout = timeout;
    this.#socket = new Request({
      sendTimeout: timeout,
      receiveTimeout: timeout,
      linger: 0, // What has not been sent when we go is not wanted any more.
      maxMessageSize: REPLY_MAX,
      ...security,
    });
    this.#socket.connect(session.endpoints.requests ?? '');
  }

  /** @throws ApiError that the service replied; Failure when it does not reply in time */
  async ask(method: string, params: Params = {}): Promise<Result> {
    const request = encodeRequest(this.#session.properties.token ?? '', method, params);
    try {
      await this.#socket.send(request);
      const [reply] = await this.#socket.receive();
      return decodeReply(reply);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      const { pid } = this.#session;
      throw late(`pid ${pid} runs, but has not answered ${method} within ${this.#timeout} ms`);
    }
  }

  close(): void {
    this.#socket.close();
  }
}

/** One question to a session. */
export async function askOnce(
  home: string,
  session: Session,
  timeout: number,
  method: string,
  params?: Params,
): Promise<Result> {
  const client = new Client(session, timeout, await clientSecurity(home, session));
  try {
    return await client.ask(method, params);
  } finally {
    client.close();
  }
}
