import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Pull, Push } from 'zeromq';

const [endpoint] = process.argv.slice(2);
if (endpoint === undefined) {
  const pull = new Pull();
  await pull.bind('tcp://127.0.0.1:*');
  const child = fork(fileURLToPath(import.meta.url), [pull.lastEndpoint]);
  const exited = new Promise((resolve) => child.on('exit', resolve));
  let sum = 0;
  for (let i = 0; i < 500; i++) sum += Number(String(await pull.receive()));
  console.log(sum, await exited);
} else {
  process.disconnect();
  const push = new Push();
  push.connect(endpoint);
  for (let i = 0; i < 500; i++) await push.send(`${i}`);
}
