// The name of the Windows named pipe behind an ipc:// path. Pure, and the same on every system.
//
// Windows compares pipe names without regard to case, rewrites `/`, `.` and `..` in them, drops dots and spaces at their
// end, and takes 256 characters. So a path is written in letters that all of this leaves alone: two paths never share a name.

import { explainedError } from '../errors.js';
import { hasBytes, quoted } from '../util/bytes.js';
import { node } from '../util/node-modules.js';
import { malformed } from './address.js';

/** Characters of a whole pipe name, `\\.\pipe\` included (CreateNamedPipe). */
const NAME_MAX = 256;

/** No escaped name begins with the second, so a hashed name is nobody's escaped one. */
const ESCAPED = '\\\\.\\pipe\\zmtp.';
const HASHED = '\\\\.\\pipe\\zmtp#';

/** What Windows programs write for a pipe; forward slashes are a path like any other. */
const GIVEN = /^\\\\[.?]\\pipe\\/i;

export function isPipeName(path: string): boolean {
  return GIVEN.test(path);
}

/**
 * The pipe that stands for a path on Windows. A name that begins with `\\.\pipe\` or `\\?\pipe\` is taken as it is.
 * @param path what stands behind `ipc://`
 * @param endpoint the whole endpoint, for the message
 * @throws EINVAL, ENAMETOOLONG for a pipe name that Windows would refuse or change
 */
export function pipeOf(path: string, endpoint: string): string {
  if (!hasBytes(path)) throw malformed(endpoint, 'it holds half of a surrogate pair');
  if (isPipeName(path)) return checkedGiven(path, endpoint);
  const name = ESCAPED + escaped(path);
  return name.length <= NAME_MAX ? name : HASHED + node.crypto.createHash('sha256').update(path).digest('hex');
}

/** Lower-case letters, digits, `-`, `_` and inner dots stay; each other byte becomes `%` and two digits. */
function escaped(path: string): string {
  const plain = (byte: number): boolean => /[a-z0-9._-]/.test(String.fromCharCode(byte));
  const hex = (byte: number): string => `%${byte.toString(16).padStart(2, '0')}`;
  const text = Array.from(Buffer.from(path), (byte) => (plain(byte) ? String.fromCharCode(byte) : hex(byte))).join('');
  return text.replace(/\.$/, '%2e');
}

function checkedGiven(name: string, endpoint: string): string {
  const rest = name.replace(GIVEN, '');
  if (rest === '') throw malformed(endpoint, 'the name of the pipe is missing');
  const steps = rest.split(/[\\/]/);
  if (steps.some((step) => step === '' || step === '.' || step === '..' || /[. ]$/.test(step)) || rest.includes('/')) {
    throw malformed(endpoint, 'Windows would change this name: no "/", no ".", "..", and no dot or space at an end');
  }
  if (name.length > NAME_MAX) {
    const detail = `the pipe name of ${quoted(endpoint)} has ${name.length} characters, Windows takes ${NAME_MAX}`;
    throw explainedError('ENAMETOOLONG', detail, endpoint);
  }
  return name;
}
