// The tests that do not run on Windows, each with its reason. An entry that no longer applies to anything fails the lane.

export interface Exclusion {
  readonly file: RegExp;
  /** Of the tests in it; all of them when absent, and then the file is not even loaded. */
  readonly title?: RegExp;
  readonly reason: string;
}

/** Tests that may be tried twice, each with its reason. How many needed it is reported. */
export const SECOND_TRIES: readonly { readonly file: RegExp; readonly reason: string }[] = [
  {
    file: /^test\/interop\/reconnect\.test\.ts$/,
    reason: 'Wine now and then does not tell a process that a connection has ended with the process at its other end',
  },
];

export const EXCLUSIONS: readonly Exclusion[] = [
  {
    file: /^test\/differential\/(behaviours|generated)\.test\.ts$/,
    reason: "compares with zeromq.js's own ipc:// and error numbers, which its Windows build has not, or others",
  },
  {
    file: /^test\/interop\/fuzz\.test\.ts$/,
    reason: "holds the verdicts of connections against libzmq's; neither side's depends on the OS",
  },
  {
    file: /^test\/docs\/(api|types)\.test\.ts$/,
    reason: 'runs the TypeScript compiler and TypeDoc, which say the same on every OS; nothing of ours runs',
  },
  {
    file: /^test\/package\//,
    reason:
      'packs and installs with npm and type-checks with tsc, which say the same on every OS; what runs there runs elsewhere too',
  },
  {
    file: /^test\/fuzz\/cli\.test\.ts$/,
    title: /says how much was tried/,
    reason:
      "counts places by V8's counters for each file of src, which is one file there; the fuzzer says the same on every OS",
  },
  {
    file: /^test\/soak\//,
    reason: 'weighs processes by what Linux tells of them; the scenarios are held one by one by tests that run here',
  },
  {
    file: /^test\/types\//,
    reason: 'type-checks only, and the compiler says the same on every OS',
  },
  {
    file: /^test\/interop\//,
    title: /, ipc(,|: | > |$)/,
    reason: "libzmq's released Windows builds have no ipc://; a named pipe is for peers of this library",
  },
  {
    file: /^test\/examples\//,
    title: /SIG(INT|TERM|HUP)/,
    reason: 'Windows has no signals: a kill from outside ends a process without telling it',
  },
  {
    file: /^test\/examples\//,
    title: /for this user only|that others can read/,
    reason: 'Windows files have no permission bits; their rights come from the folder they are made in',
  },
  {
    file: /^test\/attack\/process\.test\.ts$/,
    title: /SIGTERM|ulimit/,
    reason: 'Windows has no signals, and no limit of descriptors that a shell could lower',
  },
  {
    file: /^test\/sockets\/bind-sync\.test\.ts$/,
    title: /to a file that is there/,
    reason: 'ipc:// is a named pipe on Windows, which has no file',
  },
  {
    file: /^test\/interop\/(event-sequences|zap-events)\.test\.ts$/,
    reason:
      "libzmq's Windows build tells the same ends with other error numbers, and in an order that changes with Wine's timing; " +
      'test/sockets/events.test.ts holds ours there',
  },
  {
    file: /^test\/interop\/heartbeat\.test\.ts$/,
    title: /frozen/,
    reason: 'Windows has no SIGSTOP to freeze a peer with',
  },
  {
    file: /^test\/(transport\/ipc-file|local\/(hashed-folder|session-unix|key-file-unix))[a-z-]*\.test\.ts$/,
    reason: 'the files of Unix sockets, and file modes, owners, FIFOs and zombies: ipc:// is a named pipe on Windows',
  },
  {
    file: /^test\/local\/endpoint\.test\.ts$/,
    title: /through a link/,
    reason: 'Wine makes no links to folders (ENOTSUP), which Windows does',
  },
];
