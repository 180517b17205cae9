import { Publisher, Pull, Push, Request } from 'zeromq';

async function attempt(name, action) {
  const start = performance.now();
  try {
    console.log(name, await action());
  } catch (error) {
    const waited = performance.now() - start;
    console.log(name, error.code, error.message, error.errno, waited > 100 ? 'late' : 'soon');
  }
}

const pull = new Pull({ receiveTimeout: 400 });
await pull.bind('inproc://pull');
await attempt('receive', () => pull.receive());
pull.receiveTimeout = 0;
await attempt('receive now', () => pull.receive());
const push = new Push({ sendTimeout: 400 });
await attempt('send', () => push.send('nobody'));
push.sendTimeout = 0;
await attempt('send now', () => push.send('nobody'));
push.connect('inproc://pull');
await attempt('send', () => push.send('somebody'));
await attempt('receive', async () => String(await pull.receive()));
await attempt('publish', () => new Publisher().send('nobody'));
pull.receiveTimeout = -1;
const pending = pull.receive();
await attempt('twice', () => pull.receive());
pull.close();
await attempt('closed', () => pending);
await attempt('after', () => pull.receive());
await attempt('order', () => new Request({ receiveTimeout: 0 }).receive());
