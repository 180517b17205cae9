// Which events come in which order: the cases that event-sequences.test.ts runs on both libraries.

import * as net from 'node:net';
import type { Socket } from 'zeromq';
import { type Cases, type Library, pause, settle } from '../../support/cases.js';

type Log = string[];

/** Every event as text: type, address with its port made the same in each run, and the code of errors that are the point. */
function record(socket: Socket): Log {
  const log: Log = [];
  void (async () => {
    for await (const event of socket.events) {
      const { type, address = '', error } = event as { type: string; address?: string; error?: { code?: string } };
      // Where socket types do not fit, libzmq may tell that its own write failed: when the other side was quicker to leave.
      if (type === 'handshake:error:other' && error?.code === 'EPIPE') continue;
      const code = /^(bind:error|handshake:error)/.test(type) ? error?.code : undefined;
      log.push([type, address.replace(/:\d+$/, ':PORT'), code].join(' ').trim());
    }
  })();
  return log;
}

/** Time for the events of what has been done, and of the end. */
async function closed(sockets: { close(): void }[], logs: Log[]): Promise<Log[]> {
  for (const socket of sockets) {
    socket.close();
    await settle();
  }
  return logs;
}

const joined = async (zmq: Library, types: ['Pull' | 'Pair', 'Push' | 'Pair' | 'Pull'], endpoint: string) => {
  const bound = new zmq[types[0]]({ linger: 0 });
  const dialling = new zmq[types[1]]({ linger: 0, reconnectInterval: 5000 });
  const logs = [record(bound), record(dialling)];
  await bound.bind(endpoint);
  const name = bound.lastEndpoint as string;
  dialling.connect(name);
  await settle();
  return { bound, dialling, logs, name };
};

const TCP = 'tcp://127.0.0.1:*';

/** A plain client of a bound socket, which does something to the connection. */
async function plain(zmq: Library, act: (client: net.Socket) => void, options: object = {}): Promise<Log[]> {
  const pull = new zmq.Pull({ linger: 0, ...options });
  const log = record(pull);
  await pull.bind(TCP);
  const client = net.connect(Number(pull.lastEndpoint?.split(':').pop()), '127.0.0.1');
  client.on('error', () => {});
  client.resume();
  await pause(50);
  act(client);
  await settle();
  const logs = await closed([pull], [log]);
  client.destroy();
  return logs;
}

/** A socket that has dialled a plain server, which does something to the connection. */
async function dialled(zmq: Library, act: (peer: net.Socket) => void): Promise<Log[]> {
  const server = net.createServer((peer) => {
    peer.on('error', () => {});
    peer.resume();
    setTimeout(() => act(peer), 50);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const push = new zmq.Push({ linger: 0, reconnectInterval: 5000 });
  const log = record(push);
  push.connect(`tcp://127.0.0.1:${(server.address() as net.AddressInfo).port}`);
  await settle();
  const logs = await closed([push], [log]);
  server.close();
  return logs;
}

async function connecting(zmq: Library, endpoint: string, options: object = {}): Promise<Log[]> {
  const push = new zmq.Push({ linger: 0, reconnectInterval: 5000, ...options });
  const log = record(push);
  push.connect(endpoint);
  await pause(300);
  return closed([push], [log]);
}

async function binding(zmq: Library, endpoint: string): Promise<Log[]> {
  const pull = new zmq.Pull({ linger: 0 });
  const log = record(pull);
  await pull.bind(endpoint).catch(() => {});
  return closed([pull], [log]);
}

export const cases: Cases = {
  'the client closes': async (zmq) => {
    const { bound, dialling, logs } = await joined(zmq, ['Pull', 'Push'], TCP);
    return closed([dialling, bound], logs);
  },
  'the bound socket closes': async (zmq) => {
    const { bound, dialling, logs } = await joined(zmq, ['Pull', 'Push'], TCP);
    return closed([bound, dialling], logs);
  },
  'the client disconnects': async (zmq) => {
    const { bound, dialling, logs, name } = await joined(zmq, ['Pull', 'Push'], TCP);
    dialling.disconnect(name);
    return (await closed([dialling, bound], logs))[1];
  },
  'the bound socket unbinds': async (zmq) => {
    const { bound, dialling, logs, name } = await joined(zmq, ['Pair', 'Pair'], TCP);
    await bound.unbind(name);
    return (await closed([bound, dialling], logs))[0];
  },
  'socket types that do not fit': async (zmq) => {
    const { bound, dialling, logs } = await joined(zmq, ['Pull', 'Pull'], TCP);
    return closed([dialling, bound], logs);
  },
  inproc: async (zmq) => {
    const { bound, dialling, logs } = await joined(zmq, ['Pair', 'Pair'], 'inproc://events');
    return closed([dialling, bound], logs);
  },
  'a connection, ipc': async (zmq) => {
    const { bound, dialling, logs } = await joined(zmq, ['Pull', 'Push'], 'ipc://*');
    const [server, client] = await closed([dialling, bound], logs);
    return [server, client].map((log) => log?.map((event) => event.split(' ')[0]));
  },
  'a socket that did nothing': async (zmq) => {
    const pull = new zmq.Pull();
    return closed([pull], [record(pull)]);
  },
  'a refused connection': (zmq) => connecting(zmq, 'tcp://127.0.0.1:1'),
  'a refused connection, ipc': (zmq) => connecting(zmq, 'ipc:///no-such-folder/socket'),
  'a refused connection that is not tried again': (zmq) =>
    connecting(zmq, 'tcp://127.0.0.1:1', { reconnectInterval: -1 }),
  'a name that nobody has': (zmq) => connecting(zmq, 'tcp://nowhere.invalid:5555'),
  'bind to a port that is taken': async (zmq) => {
    const first = new zmq.Pull();
    await first.bind(TCP);
    const logs = await binding(zmq, first.lastEndpoint as string);
    first.close();
    return logs;
  },
  'bind to a host that nobody has': (zmq) => binding(zmq, 'tcp://nowhere.invalid:5555'),
  'bind to an address of others': (zmq) => binding(zmq, 'tcp://192.0.2.1:5555'),
  'bind to a malformed address': (zmq) => binding(zmq, 'tcp://127.0.0.1'),
  'bind to nonsense': (zmq) => binding(zmq, 'nonsense'),
  'a handshake that takes too long': (zmq) => plain(zmq, () => {}, { handshakeInterval: 100 }),
  'a client that leaves in its handshake': (zmq) => plain(zmq, (client) => client.end()),
  'a client that resets in its handshake': (zmq) => plain(zmq, (client) => client.resetAndDestroy()),
  'close during the handshake of a client': (zmq) => plain(zmq, () => {}),
  'a client that speaks HTTP': (zmq) => plain(zmq, (client) => client.write('GET / HTTP/1.0\r\n\r\n')),
  'a server that leaves in its handshake': (zmq) => dialled(zmq, (peer) => peer.end()),
  'close during the handshake of a server': (zmq) => dialled(zmq, () => {}),
};
