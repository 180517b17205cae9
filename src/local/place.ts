// Where a process runs: which of the processes that others tell of we can see at all. Containers have their own process
// numbers, other machines do, too, and a machine that was started again has none of the old ones.

import { attempt } from '../transport/files.js';
import { node } from '../util/node-modules.js';

export interface Place {
  readonly host: string;
  /** Of the running kernel, on Linux. */
  readonly boot?: string | undefined;
  /** The namespace of process numbers, on Linux. */
  readonly pids?: string | undefined;
}

export function ownPlace(): Place {
  const host = node.os.hostname();
  if (process.platform !== 'linux') return { host };
  return { host, boot: bootId(), pids: attempt(() => node.fs.readlinkSync('/proc/self/ns/pid')) };
}

/** Of the running Linux kernel. */
export function bootId(): string | undefined {
  return attempt(() => node.fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
}

/**
 * `here`: its processes are ours to ask about. `beside`: on this machine, but with process numbers of its own. `before`: on
 * this machine, before it was started again.
 */
export type Relation = 'here' | 'beside' | 'before' | 'elsewhere';

export function relationTo(place: Place, own: Place = ownPlace()): Relation {
  if (place.boot === undefined || own.boot === undefined) return place.host === own.host ? 'here' : 'elsewhere';
  if (place.boot === own.boot) return place.pids === own.pids ? 'here' : 'beside';
  return place.host === own.host ? 'before' : 'elsewhere';
}
