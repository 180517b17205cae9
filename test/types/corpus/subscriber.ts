import { Subscriber } from 'zeromq';

const subscriber = new Subscriber({ conflate: true, invertMatching: false, receiveHighWaterMark: 1 });
subscriber.subscribe();
subscriber.subscribe('a', Buffer.from('b'), 'c');
subscriber.unsubscribe('a', Buffer.alloc(2));
subscriber.unsubscribe();
const topics: (string | Buffer)[] = ['x', Buffer.from('y')];
subscriber.subscribe(...topics);
export async function read(): Promise<[string, string]> {
  const [topic, body] = await subscriber.receive();
  return [`${topic}`, `${body}`];
}
