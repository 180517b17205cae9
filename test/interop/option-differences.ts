// Where options differ from zeromq.js on purpose: a name and a reason for each, the same as in section "Options" of
// spec-notes/zeromqjs-differences.md, and what of the comparison by number it excuses.

/** One step of the comparison: an option read or set by its number, or read after it was set. */
export interface Step {
  readonly id: number;
  readonly method: string;
  /** What was set; absent when a fresh socket is read. */
  readonly value?: unknown;
  readonly reads: boolean;
}

export interface Difference {
  readonly name: string;
  readonly reason: string;
  readonly excuses?: (step: Step) => boolean;
}

/** Text and bytes, whose values C cuts at a NUL. */
export const TEXTS = [5, 45, 46, 55, 68, 92, 99, 100];
const among =
  (...ids: number[]) =>
  ({ id }: Step): boolean =>
    ids.includes(id);

export const DIFFERENCES: readonly Difference[] = [
  {
    name: 'CURVE keys can be read',
    reason:
      'zeromq.js asks for them with the wrong length, and fails. They read as Z85, and as null before they are set.',
    excuses: ({ id, method, reads }) => reads && method === 'getStringOption' && id >= 48 && id <= 50,
  },
  {
    name: 'mandatory can be read',
    reason: 'libzmq has no getter for it, so that reading the property throws EINVAL.',
    excuses: ({ id, reads }) => reads && id === 33,
  },
  {
    name: 'bytes are kept whole',
    reason: 'zeromq.js cuts what it reads at the first NUL. A routingId of any bytes reads as `routingIdBytes`.',
    excuses: ({ id, value, reads }) => reads && TEXTS.includes(id) && !isPlainText(value),
  },
  {
    name: 'a routing id of ours does not begin with 00',
    reason:
      'RFC 28 keeps those for the ids that a ROUTER makes up, and peers refuse them; EINVAL at once, also in connect.',
    excuses: ({ id, value }) => (id === 5 || id === 61) && (bytesOf(value)?.[0] === 0 || value === 'x'.repeat(256)),
  },
  {
    name: 'the heartbeat timeout can be set to its default',
    reason: 'libzmq starts with -1, which stands for the interval, and refuses to go back to it.',
    excuses: ({ id, value }) => id === 77 && (value === -1 || value === 2 ** 32 - 1),
  },
  {
    name: 'numbers are finite and have 32 bits',
    reason:
      'NaN, infinities and larger numbers are EINVAL; zeromq.js makes 0 of a linger of Infinity, and 5 of 2^32 + 5.',
  },
  {
    name: 'there is no file descriptor',
    reason: 'Nothing to poll: option 14, ZMQ_FD, is EINVAL, and so is a descriptor to use for option 89, ZMQ_USE_FD.',
    excuses: among(14, 89),
  },
  {
    name: 'peers over ipc are not filtered by user',
    reason:
      'Node does not tell who they are: options 58 to 60 are EINVAL, as in a libzmq for such a system, not ignored.',
    excuses: among(58, 59, 60),
  },
  {
    name: 'a ROUTER is never raw',
    reason: 'Option 41, ZMQ_ROUTER_RAW, is deprecated and can only be set to 0; there is Stream.',
    excuses: among(41),
  },
  {
    name: 'option 115 is an int',
    reason: 'libzmq reads an int from whatever it is given, even from nothing, which ends the process.',
    excuses: among(115),
  },
  {
    name: 'a tcpAcceptFilter is an address and a number',
    reason:
      'libzmq takes "1.2.3" for 1.2.0.3 and "1.2.3.4/8x" for eight bits; a filter that is misread lets strangers in.',
    excuses: ({ id, value }) => id === 38 && value === 'eight by',
  },
  {
    name: 'an unknown verbosity is refused',
    reason: 'zeromq.js ignores what is neither null nor "allSubs" nor "allSubsUnsubs"; here it is EINVAL.',
  },
  {
    name: 'the warning is given where it is true',
    reason:
      'zeromq.js warns that an option has to wait for the next connect or bind also where it acts at once (noDrop, manual, welcomeMessage, notify, invertMatching, an id for the next connect), where the value was refused, where the socket is closed, and after a bind that failed.',
  },
  {
    name: 'maxSockets of a context applies at once',
    reason: 'libzmq reads it when the first socket is made, and afterwards only shows what was set.',
  },
  {
    name: 'there are no I/O threads',
    reason: 'With ioThreads at 0 connecting is EMTHREAD in libzmq; here the number means nothing.',
  },
  {
    name: 'a context option of -1 can be read',
    reason: 'libzmq answers -1 for errors, too, and zeromq.js throws an error without a code.',
  },
  {
    name: 'keys that cannot work are refused',
    reason:
      'With CURVE selected and a key missing, or two that do not belong together, bind and connect are EINVAL and name it. libzmq takes keys that are missing for zeros, and every handshake fails.',
  },
  {
    name: 'draft socket types are not there',
    reason: 'Types 12 to 20 are EINVAL, as in a libzmq without drafts.',
  },
  {
    name: 'classes are those of JavaScript',
    reason: 'The engine words the TypeErrors of Socket() without new and of methods called on other objects.',
  },
];

function bytesOf(value: unknown): Buffer | undefined {
  if (typeof value === 'string') return Buffer.from(value);
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (value === null || value === undefined) return undefined;
  // Only whether the lowest byte is 0 counts.
  return Buffer.of(Number(value) < 0 ? 0 : Math.trunc(Number(value)) % 256);
}

function isPlainText(value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'string') return !String(value).includes('\0');
  const bytes = bytesOf(value);
  return ArrayBuffer.isView(value) && !bytes!.includes(0) && Buffer.from(bytes!.toString()).equals(bytes!);
}
