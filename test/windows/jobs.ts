// Which test file runs in which version of Node. Used by run.ts.

export interface Job<Node> {
  readonly file: string;
  readonly node: Node;
}

/**
 * What depends on the system, and so on the version of Node that stands between: what opens connections, pipes, files and
 * processes, the sockets on top of it, and one file each of libzmq's peers and of whole programs.
 */
const SYSTEM =
  /^test\/(transport|local|sockets)\/|^test\/core\/peers-tcp\.|^test\/interop\/endpoints\.|^test\/examples\/examples\./;

/** Every file in every version; with `once`, every file in the last version, and in the others only what depends on the system. */
export function jobsOf<Node>(files: readonly string[], nodes: readonly Node[], once: boolean): Job<Node>[] {
  return files.flatMap((file) => {
    const own = once && !SYSTEM.test(file) ? nodes.slice(-1) : nodes;
    return own.map((node) => ({ file, node }));
  });
}

/** The longest first, so that none runs alone in the end. */
export function longestFirst(files: readonly string[]): string[] {
  const weight = (file: string) => LONG.findIndex((pattern) => pattern.test(file));
  return [...files].sort((a, b) => weight(a) - weight(b));
}

const LONG = [
  /reconnect/,
  /docs.programs|interop.subscription|session-gate|demo|examples.daemon/,
  /attack.(faults|wire)|docs.high|sockets.lifetime/,
  /test.(interop|examples|fault|local)|ipc|model|fuzz/,
  /./,
];
