const zmq = require('zeromq');

async function main() {
  const publisher = new zmq.XPublisher();
  await publisher.bind('tcp://127.0.0.1:*');
  const subscriber = new zmq.Subscriber();
  subscriber.connect(publisher.lastEndpoint);
  subscriber.subscribe('weather', Buffer.from('news'));
  const topics = [await publisher.receive(), await publisher.receive()].map(([message]) => message.toString('latin1'));
  console.log(topics.sort());
  await publisher.send(['sports', 'no one listens']);
  await publisher.send(['weather', 'rain']);
  await publisher.send(['news', 'none']);
  console.log(String(await subscriber.receive()), String(await subscriber.receive()));
  subscriber.unsubscribe('weather');
  const [cancelled] = await publisher.receive();
  console.log(cancelled);
  await publisher.send(['weather', 'sun']);
  await publisher.send(['news', 'some']);
  console.log(String(await subscriber.receive()));
}

main();
