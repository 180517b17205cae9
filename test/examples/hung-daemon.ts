/**
 * A daemon that has stopped working: it is live, as its session file and its endpoint say, and answers nothing, not even
 * `stop`. Its argument is the home folder. Started by daemon.test.ts, which has to kill it.
 */

import { NAME } from '../../examples/daemon/protocol.js';
import { bindLocal, Reply, writeSession } from '../../src/index.js';

const home = process.argv[2] as string;
const socket = new Reply();
const requests = await bindLocal(socket, NAME, home);
await writeSession(home, NAME, { endpoints: { requests }, properties: { token: '' } });
console.log('hangs');
await socket.receive();
// It holds on to its socket, which the collector would close otherwise.
setInterval(() => socket.readable, 1000);
