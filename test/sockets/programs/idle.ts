// Opens a socket in one state or another and does nothing more: does that keep a process alive?

import { endpoints, rule, tell, zmtp } from './program.js';

const [endpoint = ''] = endpoints;

const rules: Record<string, () => unknown> = {
  made: () => new zmtp.Pair(),
  bound: () => new zmtp.Pull().bind('tcp://127.0.0.1:*'),
  'bound-ipc': () => new zmtp.Pull().bind('ipc://*'),
  'bound-inproc': () => new zmtp.Pull().bind('inproc://x'),
  connected: () => new zmtp.Pull().connect(endpoint),
  connecting: () => new zmtp.Pull().connect('tcp://127.0.0.1:1'),
  observed: async () => {
    const pull = new zmtp.Pull();
    void pull.events;
    await pull.bind('tcp://127.0.0.1:*');
  },
  'heart-beating': async () => {
    const pull = new zmtp.Pull({ heartbeatInterval: 10 });
    pull.connect(endpoint);
    await pull.receive();
  },
  'timed-out': async () => {
    const pull = new zmtp.Pull({ receiveTimeout: 20 });
    await pull.bind('tcp://127.0.0.1:*');
    await pull.receive().catch((error: NodeJS.ErrnoException) => tell(error.code));
  },
  'receive-done': async () => {
    const pull = new zmtp.Pull();
    pull.connect(endpoint);
    tell(String(await pull.receive()));
  },
  flooded: async () => {
    const reply = new zmtp.Reply();
    await reply.bind('tcp://127.0.0.1:*');
    tell(reply.lastEndpoint);
    await reply.receive();
  },
  closed: async () => {
    const pull = new zmtp.Pull();
    await pull.bind('tcp://127.0.0.1:*');
    pull.receive().catch((error: NodeJS.ErrnoException) => tell(error.code));
    pull.close();
  },
  'listener-closed': async () => {
    const pull = new zmtp.Pull();
    pull.events.on('bind', () => {});
    pull.events.close();
    await pull.bind('tcp://127.0.0.1:*');
  },
};

for (const one of rule.split(',')) await rules[one]?.();
tell('idle');
