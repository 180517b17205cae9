/**
 * Stands in for a peer process that runs on another system: started by peer.ts like a real one, it passes on what it is
 * told, and what the real one answers, over tcp to the host that runs it (test/windows/peer-host.ts). When this process
 * ends, in whichever way, the host kills the real one. Argument: the port of the host.
 */
import { connect } from 'node:net';

const host = connect(Number(process.argv[2]), '127.0.0.1');
process.stdin.pipe(host);
host.pipe(process.stdout);
host.on('error', () => {}); // 'close' follows
host.on('close', () => process.exit(0));
