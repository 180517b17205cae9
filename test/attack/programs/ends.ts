// A process that ends, or nearly ends, in the way of its first argument, with sockets at work. Tells its parent things as
// lines of JSON, and `exit` as its last word.

import * as zmtp from '../../../src/index.js';

const [way = '', endpoint = ''] = process.argv.slice(2);

function tell(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

process.on('exit', () => tell('exit'));

/** Keeps the process alive until something ends it. */
function stay(): void {
  setInterval(() => {}, 1000);
}

const ways: Record<string, () => unknown> = {
  'exit in a handler': async () => {
    const pull = new zmtp.Pull();
    pull.events.on('handshake', () => process.exit(7));
    pull.connect(endpoint);
    stay();
  },
  'exit while a message is received': async () => {
    const pull = new zmtp.Pull();
    pull.connect(endpoint);
    await pull.receive();
    process.exit(7);
  },
  'exit during a send': async () => {
    const push = new zmtp.Push({ sendHighWaterMark: 1 });
    push.connect(endpoint);
    void (async () => {
      for (;;) await push.send(Buffer.alloc(100_000));
    })();
    push.events.on('handshake', () => process.exit(7));
    stay();
  },
  'an uncaught exception elsewhere': async () => {
    const reply = new zmtp.Reply();
    await reply.bind('tcp://127.0.0.1:*');
    process.on('uncaughtException', (error) => tell(error.message));
    process.on('unhandledRejection', (error) => tell((error as Error).message));
    setImmediate(() => {
      throw new Error('thrown elsewhere');
    });
    void Promise.reject(new Error('rejected elsewhere'));
    tell({ bound: reply.lastEndpoint });
    for await (const [question] of reply) {
      await reply.send(question as Buffer);
      if (String(question) === 'last') break;
    }
  },
  'a listener that throws': async () => {
    const pull = new zmtp.Pull();
    process.on('uncaughtException', (error) => tell(error.message));
    pull.events.on('handshake', () => {
      throw new Error('thrown by a listener');
    });
    pull.connect(endpoint);
    tell(String(await pull.receive()));
    pull.close();
  },
  ...Object.fromEntries(
    [0, 100, -1].map((linger) => [
      `SIGTERM with linger ${linger}`,
      async () => {
        const push = new zmtp.Push({ linger });
        push.connect('tcp://127.0.0.1:1');
        await push.send('for nobody');
        const timer = setInterval(() => {}, 1000);
        process.once('SIGTERM', () => {
          clearInterval(timer);
          push.close();
          tell('closed');
        });
        tell('ready');
      },
    ]),
  ),
  'nothing left open': async () => {
    // Where output goes is opened when it is first asked for.
    void process.stdout;
    const before = resources();
    const sockets = await conversation();
    tell({ while: resources().filter((name) => !before.includes(name)).length > 0 });
    for (const socket of sockets) socket.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    tell({ left: surplus(before, resources()) });
  },
};

/** What Node counts as open, of kinds that can hold a process or leak. */
function resources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name !== 'Immediate' && name !== 'TickObject');
}

function surplus(before: string[], after: string[]): string[] {
  const rest = [...before];
  return after.filter((name) => {
    const at = rest.indexOf(name);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

/** Sockets over tcp and ipc that have talked, with heartbeats, events and an attempt under way. */
async function conversation(): Promise<zmtp.Socket[]> {
  const sockets: zmtp.Socket[] = [];
  for (const address of ['tcp://127.0.0.1:*', 'ipc://*']) {
    const reply = new zmtp.Reply({ heartbeatInterval: 1000, linger: 0 });
    const request = new zmtp.Request({ linger: 0 });
    await reply.bind(address);
    request.connect(reply.lastEndpoint as string);
    request.connect('tcp://127.0.0.1:1');
    request.disconnect('tcp://127.0.0.1:1');
    await request.send('q');
    await reply.send(await reply.receive());
    await request.receive();
    reply.events.on('disconnect', () => {});
    sockets.push(request, reply);
  }
  const push = new zmtp.Push({ linger: 0 });
  push.connect('tcp://127.0.0.1:1');
  return [...sockets, push];
}

await ways[way]?.();
