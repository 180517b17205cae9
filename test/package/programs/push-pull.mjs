import { Pull, Push } from 'zeromq';

const pull = new Pull();
await pull.bind('tcp://127.0.0.1:*');
const push = new Push();
push.connect(pull.lastEndpoint);
for (let i = 0; i < 5; i++) await push.send(['job', `${i}`]);
for (let i = 0; i < 5; i++) console.log((await pull.receive()).map(String));
push.close();
pull.close();
console.log(push.closed, pull.closed, push.writable, pull.readable);
