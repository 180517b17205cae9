// A session file: a small JSON text that says where a running program can be reached.

import { describe, explainedError } from '../errors.js';
import { quoted } from '../util/bytes.js';
import { node } from '../util/node-modules.js';
import { checkEndpoint } from './ask.js';
import { checkName } from './endpoint.js';
import { ownPlace, type Place } from './place.js';
import { startOf } from './process.js';

/** Bytes of a session file. */
export const FILE_MAX = 64 * 1024;

/** What a program tells about itself. */
export interface SessionContent {
  /** Endpoints to connect to, each under a name of your choice, such as `commands` and `events`. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Anything else that clients need: a version, the server's public key. The file can be read by this user only. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** What a session file says. */
export interface Session extends Required<SessionContent> {
  /** The service's, one for each folder. */
  readonly name: string;
  /** The id of the process that wrote it. */
  readonly pid: number;
  /** When the process was started, in ms since 1970. */
  readonly startedAt: number;
}

/** As written: with what tells a process from one that has its number later, and this machine from others. */
export interface SessionRecord extends Session, Place {
  readonly processStart: string | undefined;
}

/** Of this process. @throws TypeError, EINVAL, ENAMETOOLONG, EMSGSIZE */
export async function newRecord(name: string, content: SessionContent): Promise<SessionRecord> {
  checkName(name);
  if (typeof content !== 'object' || content === null) {
    throw new TypeError(`a session is an object with endpoints, got ${describe(content)}`);
  }
  const endpoints = texts('endpoints', content.endpoints);
  // As given, for resolving makes a path of anything; and as written, for it may have become too long.
  for (const endpoint of Object.values(endpoints)) checkEndpoint(endpoint);
  const record: SessionRecord = {
    name,
    endpoints: absolute(endpoints),
    properties: texts('properties', content.properties ?? {}),
    pid: process.pid,
    startedAt: ownStart(),
    processStart: await startOf(process.pid),
    ...ownPlace(),
  };
  for (const endpoint of Object.values(record.endpoints)) checkEndpoint(endpoint);
  const bytes = Buffer.byteLength(textOf(record));
  if (bytes <= FILE_MAX) return record;
  throw explainedError('EMSGSIZE', `the session ${quoted(name)} has ${bytes} bytes, ${FILE_MAX} are allowed`);
}

/** Whether a file was written more than a minute ago. */
export function isOld({ mtimeMs }: { readonly mtimeMs: bigint }): boolean {
  return performance.timeOrigin + performance.now() - Number(mtimeMs) > 60_000;
}

export function ownStart(): number {
  return Math.round(performance.timeOrigin);
}

export function textOf(record: SessionRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/**
 * Whether a session file lacks its end, or has zeros there, as after a power failure. What is whole and makes no sense, or
 * does not begin as an object, is somebody else's.
 */
export function isHalfWritten(text: string | undefined): boolean {
  if (text === undefined) return false;
  try {
    JSON.parse(text);
    return false;
  } catch {
    return /^[\s\0]*(\{|$)/.test(text);
  }
}

/** @throws EINVAL with what is wrong: a file that was not written to its end, or is none of ours */
export function parseRecord(text: string, name: string): SessionRecord {
  const fail = (fault: string): never => {
    throw explainedError('EINVAL', `the file of session ${quoted(name)} ${fault}`);
  };
  let value: Partial<SessionRecord>;
  try {
    value = Object(JSON.parse(text));
  } catch {
    return fail('is no JSON text: it was not written to its end');
  }
  const { pid, startedAt, processStart, host } = value;
  // Some file systems take `Gate` and `gate` for one name.
  if (typeof value.name !== 'string' || value.name.toLowerCase() !== name.toLowerCase()) fail('has another name in it');
  if (!Number.isSafeInteger(pid) || (pid as number) <= 0) fail('has no process id');
  if (typeof startedAt !== 'number') fail('has no start time');
  if (typeof host !== 'string') fail('has no host');
  for (const [key, text] of Object.entries({ processStart, boot: value.boot, pids: value.pids })) {
    if (text !== undefined && typeof text !== 'string') fail(`has a ${key} that is no text`);
  }
  try {
    const endpoints = texts('endpoints', value.endpoints);
    for (const endpoint of Object.values(endpoints)) checkEndpoint(endpoint);
    return { ...(value as SessionRecord), endpoints, properties: texts('properties', value.properties) };
  } catch (error) {
    return fail(`is of no use: ${(error as Error).message}`);
  }
}

/** What users see of a record. */
export function sessionOf({ name, endpoints, properties, pid, startedAt }: SessionRecord): Session {
  return { name, endpoints, properties, pid, startedAt };
}

function texts(what: string, value: unknown): Record<string, string> {
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
  if (entries?.every(([, text]) => typeof text === 'string')) return Object.fromEntries(entries);
  throw new TypeError(`${what} is an object whose values are strings, got ${describe(value)}`);
}

/** Relative paths mean another file to each process. On Windows a path is a name, and not resolved. */
function absolute(endpoints: Record<string, string>): Record<string, string> {
  if (process.platform === 'win32') return endpoints;
  const whole = (endpoint: string): string =>
    endpoint.replace(/^ipc:\/\/(?![/@])(.+)$/is, (_, path: string) => `ipc://${node.path.resolve(path)}`);
  return Object.fromEntries(Object.entries(endpoints).map(([name, endpoint]) => [name, whole(endpoint)]));
}
