// Sends, and then leaves in one way or another: is what was sent delivered?

import { endpoints, rule, tell, zmtp } from './program.js';

const [endpoint = '', count = '0', size = '1', linger = '-1'] = endpoints;

async function sendAll(push: zmtp.Push): Promise<void> {
  const body = Buffer.alloc(Number(size));
  for (let i = 0; i < Number(count); i++) await push.send([`${i}`, body]);
}

const rules: Record<string, () => Promise<void>> = {
  exit: async () => {
    const push = new zmtp.Push({ sendHighWaterMark: 0 });
    push.connect(endpoint);
    await sendAll(push);
  },
  close: async () => {
    const push = new zmtp.Push({ sendHighWaterMark: 0 });
    push.connect(endpoint);
    await sendAll(push);
    push.close();
  },
  disconnect: async () => {
    const push = new zmtp.Push({ sendHighWaterMark: 0 });
    push.connect(endpoint);
    await sendAll(push);
    push.disconnect(endpoint);
  },
  'before-exit': async () => {
    const push = new zmtp.Push();
    push.connect(endpoint);
    process.once('beforeExit', async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await sendAll(push);
    });
  },
  'linger-0': async () => {
    const push = new zmtp.Push({ linger: 0 });
    push.connect('tcp://127.0.0.1:1');
    await push.send('lost');
  },
  'linger-20': async () => {
    const push = new zmtp.Push({ linger: 20 });
    push.connect('tcp://127.0.0.1:1');
    await push.send('lost');
  },
  'not-blocky': async () => {
    zmtp.context.blocky = false;
    const push = new zmtp.Push();
    push.connect('tcp://127.0.0.1:1');
    await push.send('lost');
  },
  'process-exit': async () => {
    const push = new zmtp.Push();
    push.connect('tcp://127.0.0.1:1');
    await push.send('lost');
    process.exit(0);
  },
  'process-exit-connected': async () => {
    const push = new zmtp.Push({ linger: Number(linger) });
    push.connect(endpoint);
    await push.waitForPeer();
    await sendAll(push);
    process.exit(0);
  },
  'exit-listener': async () => {
    const push = new zmtp.Push({ linger: Number(linger) });
    process.on('exit', () => void push.send('bye'));
    push.connect(endpoint);
    await push.waitForPeer();
    process.exit(0);
  },
  uncaught: async () => {
    const push = new zmtp.Push();
    push.connect('tcp://127.0.0.1:1');
    await push.send('lost');
    setImmediate(() => {
      throw new Error('nobody catches this');
    });
  },
  unread: async () => {
    const push = new zmtp.Push();
    push.connect('tcp://127.0.0.1:1');
    await push.send('waits for ever');
    process.once('exit', () => push.closed);
  },
  'closed-unread': async () => {
    const push = new zmtp.Push();
    push.connect('tcp://127.0.0.1:1');
    await push.send('waits for ever');
    push.close();
  },
  'unread-unblocky': async () => {
    zmtp.context.blocky = false;
    const push = new zmtp.Push({ linger: -1 });
    push.connect('tcp://127.0.0.1:1');
    await push.send('waits for ever');
  },
  'left-unread': async () => {
    const push = new zmtp.Push();
    push.connect('tcp://127.0.0.1:1');
    await push.send('waits for ever');
    push.disconnect('tcp://127.0.0.1:1');
  },
  // Others stay open meanwhile: there is more to come.
  'awaits-end': async () => {
    const pull = new zmtp.Pull();
    await pull.bind('tcp://127.0.0.1:*');
    const push = new zmtp.Push({ linger: 20 });
    push.connect('tcp://127.0.0.1:1');
    await push.send('lost');
    push.close();
    tell(await push.ended);
    const next = new zmtp.Push();
    next.connect(pull.lastEndpoint as string);
    await next.send('x');
    tell(String(await pull.receive()));
  },
};

for (const one of rule.split(',')) await rules[one]?.();
tell('done');
