// Sessions: programs that can be found again. Each writes a file once it can be reached; others list the live ones, and
// clean up after those that died. What is live is never removed, and in doubt everything is live.

import type { BigIntStats } from 'node:fs';
import { explainedError } from '../errors.js';
import { quoted } from '../util/bytes.js';
import { answers } from './ask.js';
import { checkedScope, checkName } from './endpoint.js';
import { relationTo } from './place.js';
import { type ProcessState, stateOf } from './process.js';
import {
  isHalfWritten,
  isOld,
  newRecord,
  ownStart,
  parseRecord,
  type Session,
  type SessionContent,
  type SessionRecord,
  sessionOf,
  textOf,
} from './session.js';
import * as files from './session-file.js';

/** Why a session file was removed. */
export type StaleReason = 'process gone' | 'pid reused' | 'half-written' | 'endpoints dead';

/** A session file that `cleanSessions` has removed. */
export interface RemovedSession {
  /** The session's. */
  readonly name: string;
  /** Why it was taken for stale. */
  readonly reason: StaleReason;
}

/** A session that this process has written. */
export interface OwnSession extends Session, Disposable {
  /** Where its file is. */
  readonly path: string;
  /** Removes the file, unless somebody has replaced it. Works in a handler of the process' `exit` event. */
  remove(): void;
}

/** Sessions that are asked at once: each may take a few descriptors. */
const AT_ONCE = 32;
/** Processes that write the same name at the same time. */
const ROUNDS_MAX = 100;

/**
 * Makes this process known as session `name` in `folder`, which is made when missing. Write it after `bind`, remove it
 * before `close`: a session whose endpoints are dead is stale. The file appears whole or not at all; a stale one of the
 * same name makes way, and one that this process wrote before is replaced.
 * @throws TypeError for a name, folder or content that is none; EINVAL, ENAMETOOLONG for an endpoint; EMSGSIZE above
 *   64 KiB; EADDRINUSE when a live session has the name; system errors of the folder
 */
export async function writeSession(folder: string, name: string, content: SessionContent): Promise<OwnSession> {
  const where = checkedScope(folder);
  const record = await newRecord(name, content);
  const path = files.pathOf(where, name);
  const hidden = await files.writeHidden(where, name, textOf(record));
  try {
    const stats = await publish(record, hidden, path);
    const remove = (): void => void files.remove({ path, stats });
    return { ...sessionOf(record), path, remove, [Symbol.dispose]: remove };
  } finally {
    files.removeQuietly(hidden);
  }
}

async function publish(record: SessionRecord, hidden: string, path: string): Promise<BigIntStats> {
  for (let round = 1; ; round++) {
    try {
      return files.publish(hidden, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const found = files.load(path);
    if (round > ROUNDS_MAX) throw taken(undefined, path, false);
    if (found === undefined) continue;
    const judged = await judge(record.name, found, Object.values(record.endpoints));
    if (judged.stale === undefined && !isOwn(judged.record, record)) throw taken(judged.record, path, judged.live);
    const stats = await files.replace(hidden, found);
    if (stats !== undefined) return stats;
  }
}

function isOwn(other: SessionRecord | undefined, record: SessionRecord): boolean {
  const { pid, startedAt, host } = record;
  return other !== undefined && other.pid === pid && other.startedAt === startedAt && other.host === host;
}

function taken(record: SessionRecord | undefined, path: string, live: boolean): Error {
  if (record === undefined)
    return explainedError('EADDRINUSE', `${quoted(path)} is no session file, and is not touched`);
  const who = `process ${record.pid} on ${quoted(record.host)}`;
  if (live) return explainedError('EADDRINUSE', `${who} runs as session ${quoted(record.name)}, says ${quoted(path)}`);
  const remedy = `if it is gone for good, remove ${quoted(path)}`;
  return explainedError(
    'EADDRINUSE',
    `${who} has session ${quoted(record.name)}, and cannot be asked from here; ${remedy}`,
  );
}

/**
 * What the file of a session says, live or not.
 * @returns undefined when there is none
 * @throws TypeError; EINVAL when it says nothing that makes sense
 */
export async function readSession(folder: string, name: string): Promise<Session | undefined> {
  const found = find(folder, name);
  return found === undefined ? undefined : sessionOf(parseRecord(found.text ?? '', name));
}

/**
 * The live session of a name; undefined when there is none.
 * @throws TypeError; system errors of the folder
 */
export async function findSession(folder: string, name: string): Promise<Session | undefined> {
  const found = find(folder, name);
  if (found === undefined) return undefined;
  const { record, live } = await judge(name, found);
  return record !== undefined && live ? sessionOf(record) : undefined;
}

/**
 * The live sessions of a folder, by name; none when there is no such folder. Removes nothing.
 * @throws TypeError; system errors of the folder
 */
export async function listSessions(folder: string): Promise<Session[]> {
  const where = checkedScope(folder);
  const names = files.namesIn(where);
  const live: Session[] = [];
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const some = names.slice(start, start + AT_ONCE).map((name) => findSession(where, name));
    live.push(...(await Promise.all(some)).filter((session) => session !== undefined));
  }
  return live;
}

/**
 * Removes the files of sessions whose process is gone or has been replaced by another one of the same number, whose
 * endpoints are all dead, or that were not written to their end. Leaves live ones, those of other machines and users,
 * and files that are no session files.
 * @returns what was removed, and why
 * @throws TypeError; system errors of the folder
 */
export async function cleanSessions(folder: string): Promise<RemovedSession[]> {
  const removed: RemovedSession[] = [];
  const where = checkedScope(folder);
  for (const name of files.namesIn(where)) {
    const found = find(where, name);
    const reason = found && (await judge(name, found)).stale;
    if (found && reason && files.remove(found)) removed.push({ name, reason });
  }
  for (const { path, pid } of files.leftoversIn(where)) {
    // A process that we do not see may be writing just now.
    const found = files.load(path);
    if (found && isOld(found.stats) && (await stateOf(pid, undefined)) === 'gone') files.removeQuietly(path);
  }
  return removed;
}

function find(folder: string, name: string): files.Found | undefined {
  checkName(name);
  return files.load(files.pathOf(checkedScope(folder), name));
}

interface Verdict {
  readonly record?: SessionRecord;
  readonly live: boolean;
  /** Why it may be removed; a session that is neither live nor stale is somebody's whom we cannot ask. */
  readonly stale?: StaleReason;
}

/** @param ours endpoints that this process has bound: when they answer, that says nothing about anybody else */
async function judge(name: string, { text }: files.Found, ours: readonly string[] = []): Promise<Verdict> {
  let record: SessionRecord;
  try {
    record = parseRecord(text ?? '', name);
  } catch {
    return isHalfWritten(text) ? { live: false, stale: 'half-written' } : { live: false };
  }
  const endpoints = Object.values(record.endpoints);
  const theirs = endpoints.filter((endpoint) => !ours.includes(endpoint));
  const relation = relationTo(record);
  if (relation === 'elsewhere') return { record, live: false };
  if (relation === 'beside') return judgeNeighbour(record, endpoints.some(isPath), theirs.filter(isPath));
  const state = await stateHere(record, relation === 'before');
  if (state === 'same') {
    // Without its start, it may as well be another one with its number: then what we have bound cannot be its.
    const asked = record.processStart === undefined ? theirs : endpoints;
    const live = endpoints.length === 0 || (await anyAnswers(asked));
    return live ? { record, live } : { record, live, stale: 'endpoints dead' };
  }
  // A port may be anybody's by now, but a path that answers is in use, by a process that we do not see or know yet.
  if (await anyAnswers(theirs.filter(isPath))) return { record, live: false };
  return { record, live: false, stale: state === 'gone' ? 'process gone' : 'pid reused' };
}

/** Of a process that we cannot see. Paths are the same in all containers that share the folder; ports need not be. */
async function judgeNeighbour(record: SessionRecord, hasPaths: boolean, paths: readonly string[]): Promise<Verdict> {
  if (await anyAnswers(paths)) return { record, live: true };
  return hasPaths ? { record, live: false, stale: 'endpoints dead' } : { record, live: false };
}

async function stateHere(record: SessionRecord, before: boolean): Promise<ProcessState> {
  if (before) return 'gone';
  return isEarlierSelf(record) ? 'reused' : stateOf(record.pid, record.processStart);
}

function isPath(endpoint: string): boolean {
  return /^ipc:\/\/[^@]/i.test(endpoint);
}

/** Written by a process that had our number before us. */
function isEarlierSelf(record: SessionRecord): boolean {
  return record.pid === process.pid && Math.abs(record.startedAt - ownStart()) > 1;
}

async function anyAnswers(endpoints: readonly string[]): Promise<boolean> {
  return (await Promise.all(endpoints.map(answers))).includes(true);
}
