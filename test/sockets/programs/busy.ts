// Floods itself through a pair of sockets and counts how often a 10 ms timer fires meanwhile.

import { rule, tell, zmtp } from './program.js';

const COUNT = 200_000;

const push = new zmtp.Push({ linger: 0 });
const pull = new zmtp.Pull({ linger: 0 });
await pull.bind(rule === 'inproc' ? 'inproc://flood' : 'tcp://127.0.0.1:*');
push.connect(pull.lastEndpoint as string);

let fired = 0;
const timer = setInterval(() => fired++, 10);
const started = performance.now();
await Promise.all([send(), receive()]);
clearInterval(timer);
tell({ fired, possible: (performance.now() - started) / 10 });
push.close();
pull.close();

async function send(): Promise<void> {
  for (let i = 0; i < COUNT; i++) await push.send('x');
}

async function receive(): Promise<void> {
  let count = 0;
  for await (const _ of pull) if (++count === COUNT) return;
}
