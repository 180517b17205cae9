/**
 * Publish and subscribe: a publisher sends to all who subscribed to a prefix of the topic, and to nobody else.
 *
 *   npx tsx examples/pub-sub.ts
 *
 * A publisher sends nothing to a subscriber it has not heard of yet. XPublisher is a Publisher that also receives the
 * subscriptions, byte 1 and then the topic: waiting for one makes sure that the first event is not missed.
 */

import { Subscriber, XPublisher } from '../src/index.js'; // In a program of yours: from 'zmtp'.

const publisher = new XPublisher();
await publisher.bind('tcp://127.0.0.1:*');

const subscriber = new Subscriber();
subscriber.connect(publisher.lastEndpoint!);
subscriber.subscribe('weather/');

const [subscription] = await publisher.receive();
console.log(`The publisher has a subscriber to '${subscription!.subarray(1)}'.`);

// A message of several frames: the first one is the topic.
await publisher.send(['weather/oslo', '-3']);
await publisher.send(['traffic/oslo', 'nobody subscribed to this']);
await publisher.send(['weather/rome', '21']);
await publisher.send(['weather/', 'end']);

for await (const [topic, value] of subscriber) {
  if (value!.equals(Buffer.from('end'))) break;
  console.log(`${topic}: ${value}`);
}

subscriber.close();
publisher.close();
