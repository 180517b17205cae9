// The options of transports, as a peer or a proxy sees them: the cases that transport-options.test.ts runs on both libraries.

import { type Cases, did, type Library } from '../../support/cases.js';
import { type SocksBehaviour, socksServer } from '../../support/socks-server.js';

/** Whether a message gets from a PUSH to a PULL with these options, and what the proxy between them was asked. */
async function throughProxy(zmq: Library, host: string, behaviour: SocksBehaviour = {}): Promise<unknown> {
  const [pull, push] = [new zmq.Pull({ receiveTimeout: 2000, ipv6: true }), new zmq.Push({ linger: 0 })];
  await pull.bind('tcp://127.0.0.1:*');
  const port = Number(pull.lastEndpoint?.split(':').pop());
  const proxy = await socksServer({ target: port, ...behaviour });
  push.socksProxy = proxy.address;
  push.ipv6 = true;
  push.connect(`tcp://${host}:7777`);
  await push.send('hello');
  const arrived = await did(async () => String((await pull.receive())[0]));
  const asked = proxy.asked.slice(0, 2);
  pull.close();
  push.close();
  proxy.close();
  return [arrived, asked];
}

async function filtered(zmq: Library, ...filters: string[]): Promise<unknown> {
  const [pull, push] = [new zmq.Pull({ receiveTimeout: 300 }), new zmq.Push({ linger: 0 })];
  for (const filter of filters) pull.tcpAcceptFilter = filter;
  await pull.bind('tcp://127.0.0.1:*');
  push.connect(pull.lastEndpoint as string);
  await push.send('hello');
  const arrived = await did(async () => String((await pull.receive())[0]));
  pull.close();
  push.close();
  return arrived;
}

export const cases: Cases = {
  'socksProxy, to an address': (zmq) => throughProxy(zmq, '127.0.0.1'),
  'socksProxy, to a name, which the proxy looks up': (zmq) => throughProxy(zmq, 'nowhere.invalid'),
  'socksProxy, to an IPv6 address': (zmq) => throughProxy(zmq, '[2001:db8::7]'),
  'socksProxy, with a proxy that dribbles': (zmq) => throughProxy(zmq, '127.0.0.1', { dribble: true }),
  // A proxy that refuses is for socks.test.ts alone: libzmq 4.3.5 may abort the process then.
  'tcpAcceptFilter with the peer in it': (zmq) => filtered(zmq, '127.0.0.0/8'),
  'tcpAcceptFilter with the very peer': (zmq) => filtered(zmq, '127.0.0.1'),
  'tcpAcceptFilter without the peer': (zmq) => filtered(zmq, '192.0.2.0/24'),
  'tcpAcceptFilter of two networks': (zmq) => filtered(zmq, '192.0.2.0/24', '127.0.0.1/32'),
};
