import { type Message, Publisher, Subscriber, XPublisher, XSubscriber } from 'zeromq';

async function forward(from: AsyncIterable<Message[]>, to: { send(message: Message[]): Promise<void> }): Promise<void> {
  for await (const message of from) await to.send(message);
}

async function main(): Promise<void> {
  const [front, back] = [new XSubscriber(), new XPublisher({ verbosity: 'allSubs' })];
  await front.bind('tcp://127.0.0.1:*');
  await back.bind('tcp://127.0.0.1:*');
  const forwarding = [forward(front, back), forward(back, front)];
  const publisher = new XPublisher();
  publisher.connect(front.lastEndpoint!);
  const subscriber = new Subscriber();
  subscriber.connect(back.lastEndpoint!);
  subscriber.subscribe('a');
  const [subscription] = await publisher.receive();
  console.log(subscription);
  for (const topic of ['b1', 'a1', 'a2']) await publisher.send(topic);
  console.log(`${await subscriber.receive()} ${await subscriber.receive()}`);
  for (const socket of [front, back]) socket.close();
  await Promise.all(forwarding);
  console.log(new Publisher() instanceof Publisher);
}

void main();
