import zmq from 'zeromq';

const reply = new zmq.Reply();
await reply.bind('tcp://127.0.0.1:*');

async function serve() {
  for await (const [question] of reply) await reply.send(`${question} is ${4 * Number(question)} / 4`);
}

const serving = serve();
const request = new zmq.Request();
request.connect(reply.lastEndpoint);
for (const number of [1, 2, 3]) {
  await request.send(number);
  const [answer] = await request.receive();
  console.log(answer.toString());
}
reply.close();
await serving;
console.log('served');
