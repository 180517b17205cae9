import { Pair } from 'zeromq';

export async function talk(a: Pair, b = new Pair({ linger: 5 })): Promise<number> {
  await a.bind('inproc://pair');
  b.connect('inproc://pair');
  await a.send(null);
  const frames = await b.receive();
  return frames.reduce((sum, { length }) => sum + length, 0);
}
