// What bind, bindSync, connect, unbind and disconnect make of endpoints of every kind: the cases that endpoints.test.ts runs on
// both libraries.

import { type Cases, did, type Library } from '../../support/cases.js';

const VERBS = ['bind', 'bindSync', 'connect', 'unbind', 'disconnect'] as const;

/** Transports that zeromq.js's binaries have and this library has not, and ports that libzmq misreads, are not among them. */
const ENDPOINTS = [
  'udp://127.0.0.1:5555',
  'udp://nosuch.invalid:1',
  'udp://',
  'pgm://eth0;239.192.1.1:5555',
  'epgm://eth0;239.192.1.1:5555',
  'norm://127.0.0.1:5555',
  'vmci://*:5555',
  'vsock://*:5555',
  'wss://127.0.0.1:5556',
  'TCP://127.0.0.1:5555',
  'foo://x',
  'x',
  '',
  '://x',
  'tcp:/x',
  'tcp://',
  'ipc://',
  'inproc://',
  'tcp://127.0.0.1',
  'tcp://nosuch.invalid:5555',
  'tcp://[::1]:5555',
  'tcp://nosuchif0:*',
  'tcp://192.0.2.1:5555',
];

const TYPES = ['Publisher', 'Pair', 'Request', 'Stream'] as const;

async function tried(zmq: Library, endpoint: string): Promise<unknown> {
  const results: Record<string, unknown> = {};
  for (const type of TYPES) {
    for (const verb of VERBS) {
      const socket = new zmq[type]({ linger: 0 });
      results[`${type} ${verb}`] = await did(() => socket[verb](endpoint));
      socket.close();
    }
  }
  return results;
}

const taken = async (zmq: Library, endpoint: string): Promise<unknown> => {
  const [one, two] = [new zmq.Pull(), new zmq.Pull()];
  one.bindSync(endpoint);
  const resolved = one.lastEndpoint as string;
  const name = (text: unknown): unknown => JSON.parse(JSON.stringify(text).replaceAll(resolved, 'resolved'));
  const result = [
    name(await did(() => two.bindSync(resolved))),
    two.lastEndpoint,
    name(await did(() => one.bindSync(resolved))),
  ];
  one.close();
  two.close();
  return result;
};

export const cases: Cases = {
  ...Object.fromEntries(ENDPOINTS.map((endpoint) => [`"${endpoint}"`, (zmq: Library) => tried(zmq, endpoint)])),

  'bindSync to a port that is taken': (zmq) => taken(zmq, 'tcp://127.0.0.1:*'),
  'bindSync to an inproc name that is taken': (zmq) => taken(zmq, 'inproc://taken'),

  'lastEndpoint after bindSync': async (zmq) => {
    const pull = new zmq.Pull();
    const endpoints: unknown[] = [];
    for (const host of ['127.0.0.1', '*', 'localhost']) {
      pull.bindSync(`tcp://${host}:*`);
      endpoints.push(pull.lastEndpoint?.replace(/\d+$/, 'PORT'));
    }
    pull.close();
    return endpoints;
  },

  'bindSync during a bind, and on a closed socket': async (zmq) => {
    const pull = new zmq.Pull();
    const binding = pull.bind('tcp://127.0.0.1:*');
    const result: unknown[] = [
      await Promise.all([
        did(() => pull.bindSync('tcp://127.0.0.1:*')),
        did(() => pull.unbindSync('tcp://127.0.0.1:1')),
      ]),
    ];
    await binding;
    pull.close();
    for (const verb of ['bindSync', 'unbindSync'] as const) {
      result.push([
        await did(() => pull[verb]('tcp://127.0.0.1:*')),
        await did(() => pull[verb](5 as never)),
        await did(() => (pull[verb] as (...args: string[]) => void)('x', 'y')),
      ]);
    }
    return result;
  },

  'a message over what bindSync has bound': async (zmq) => {
    const [pull, push] = [new zmq.Pull({ receiveTimeout: 2000 }), new zmq.Push({ linger: 0 })];
    pull.bindSync('tcp://127.0.0.1:*');
    push.connect(pull.lastEndpoint as string);
    await push.send('hello');
    const [message] = await pull.receive();
    pull.close();
    push.close();
    return message.toString();
  },
};
