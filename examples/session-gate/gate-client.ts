/**
 * Commands a gate, one command at a time, for as long as a program likes. The connection is used until it is lost; the
 * next command looks for the gate anew, and so finds one that was started again, wherever it is now.
 */

import { findSession, Request, type Session } from '../../src/index.js';
import { Exit, Failure } from './program.js';
import type { ClientSecurity } from './secure.js';
import { decodeReply, encodeCommand } from './wire.js';

export class GateClient {
  readonly #name: string;
  readonly #folder: string;
  readonly #timeout: number;
  readonly #security: ClientSecurity;
  #connection: Connection | undefined;

  /**
   * @param timeout the longest wait for a reply, in milliseconds
   * @param security who we are, and who the gate has to be: see secure.ts
   */
  constructor(name: string, folder: string, timeout: number, security: ClientSecurity = {}) {
    this.#name = name;
    this.#folder = folder;
    this.#timeout = timeout;
    this.#security = security;
  }

  /**
   * No command is ever sent twice: when there is no reply, nobody knows whether it was obeyed, and the caller decides.
   * @returns the value that the gate replied
   * @throws Refusal that it replied; Failure when there is no such gate, when it ends meanwhile, or takes too long
   */
  async ask(command: string, ...words: string[]): Promise<unknown> {
    if (this.#connection === undefined || this.#connection.lost) this.#connection = await this.#connect();
    const connection = this.#connection;
    const { token = '' } = connection.session.properties;
    const text = encodeCommand({ token, command, words });
    try {
      await connection.request.send(text);
      return decodeReply(await connection.request.receive());
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN' && code !== 'EBADF') throw error;
      this.close(); // This REQ still waits for its reply; a new one does not.
      const who = `${this.#name}, pid ${connection.session.pid},`;
      if (connection.lost) throw new Failure(Exit.noGate, `${who} was lost before it answered`);
      throw new Failure(Exit.late, `${who} has not answered within ${this.#timeout} ms`);
    }
  }

  close(): void {
    this.#connection?.request.close();
    this.#connection = undefined;
  }

  async #connect(): Promise<Connection> {
    const session = await findSession(this.#folder, this.#name);
    if (session !== undefined) return new Connection(session, this.#timeout, this.#security);
    throw new Failure(Exit.noGate, `no gate ${this.#name} runs in ${this.#folder}`);
  }
}

/** To one process: when it is lost, so is this, and a pending receive rejects at once. */
class Connection {
  readonly session: Session;
  readonly request: Request;
  lost = false;

  constructor(session: Session, timeout: number, security: ClientSecurity) {
    this.session = session;
    this.request = new Request({ sendTimeout: timeout, receiveTimeout: timeout, linger: 0, ...security });
    const { events } = this.request;
    for (const type of ['disconnect', 'connect:retry'] as const) events.on(type, () => this.#lose());
    this.request.connect(session.endpoints.commands ?? '');
  }

  #lose(): void {
    this.lost = true;
    this.request.close();
  }
}
