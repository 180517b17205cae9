/**
 * How a command can end, as its exit code; and the error by which it says so. main.ts turns the one into the other.
 */

import type { Session } from '../../src/index.js';

export const Exit = {
  ok: 0,
  alreadyRunning: 1,
  usage: 2,
  notRunning: 3,
  late: 4,
  refused: 5,
  failed: 6,
} as const;

export class Failure extends Error {
  readonly exit: number;
  /** For programs, with `--json`. */
  readonly code: string;
  readonly details: object;

  constructor(exit: number, code: string, message: string, details: object = {}) {
    super(message);
    this.exit = exit;
    this.code = code;
    this.details = details;
  }
}

export function usageError(message: string): Failure {
  return new Failure(Exit.usage, 'USAGE', message);
}

export function alreadyRunning(session: Session): Failure {
  const who = describeSession(session);
  const message = `already running: pid ${who.pid}, since ${who.since}, at ${who.endpoint}`;
  return new Failure(Exit.alreadyRunning, 'ALREADY_RUNNING', message, who);
}

export function notRunning(home: string): Failure {
  return new Failure(Exit.notRunning, 'NOT_RUNNING', `not running: no daemon has the home ${home}`);
}

export function late(message: string): Failure {
  return new Failure(Exit.late, 'LATE', message);
}

/** What a session says to users. */
export function describeSession(session: Session): { pid: number; since: string; endpoint: string } {
  const { pid, startedAt, endpoints } = session;
  return { pid, since: new Date(startedAt).toISOString(), endpoint: endpoints.requests ?? '' };
}
