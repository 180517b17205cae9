import { type Event, Pull } from 'zeromq';

const pull = new Pull();
export async function next(): Promise<Event> {
  return pull.events.receive();
}
export async function all(): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of pull.events) {
    if (event.type === 'bind') seen.push(event.address);
    if (event.type === 'end') break;
  }
  pull.events.close();
  return seen;
}
