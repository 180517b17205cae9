// Node's own modules. Each is loaded when it is first asked for, and not when the library is: `crypto`, `net`, `cluster` and what
// they bring with them take longer to load than all that is here, and most programs need few of them. Even for a module that
// Node has loaded already an `import` statement costs up to 4 ms (of `fs`). `getBuiltinModule` is synchronous, so nothing else
// changes: the first use of a module takes a millisecond or two longer. A call takes 0.05 to 0.3 µs for most
// modules and 0.8 µs for `fs`: nothing for each connection, too much for each message.

import type { Cluster } from 'node:cluster';

if (typeof process.getBuiltinModule !== 'function') {
  throw new Error(`zmtp needs Node 20.19 or 22.12, or later; this is ${process.version}`);
}

/** For types import Node's modules as always: these imports are gone when the program runs. */
export const node = {
  get childProcess() {
    return process.getBuiltinModule('node:child_process');
  },
  get cluster() {
    return process.getBuiltinModule('node:cluster') as unknown as Cluster;
  },
  get crypto() {
    return process.getBuiltinModule('node:crypto');
  },
  get diagnosticsChannel() {
    return process.getBuiltinModule('node:diagnostics_channel');
  },
  get dns() {
    return process.getBuiltinModule('node:dns');
  },
  get events() {
    return process.getBuiltinModule('node:events');
  },
  get fs() {
    return process.getBuiltinModule('node:fs');
  },
  get net() {
    return process.getBuiltinModule('node:net');
  },
  get os() {
    return process.getBuiltinModule('node:os');
  },
  get path() {
    return process.getBuiltinModule('node:path');
  },
  get stream() {
    return process.getBuiltinModule('node:stream');
  },
  get timersPromises() {
    return process.getBuiltinModule('node:timers/promises');
  },
  get util() {
    return process.getBuiltinModule('node:util');
  },
  get workerThreads() {
    return process.getBuiltinModule('node:worker_threads');
  },
};
