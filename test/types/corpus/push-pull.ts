import { Pull, Push } from 'zeromq';

export async function main(): Promise<string[]> {
  const push: Push = new Push();
  const pull: Pull = new Pull();
  await push.bind('inproc://work');
  pull.connect('inproc://work');
  const sent: Promise<void> = push.send('job');
  await sent;
  const received: Buffer[] = await pull.receive();
  const [first] = await pull.receive();
  return [...received.map((part) => part.toString('utf8')), first?.toString() ?? ''];
}
