import { type Event, type EventOfType, type EventType, Push } from 'zeromq';

export async function wrongEvents(): Promise<void> {
  const { events } = new Push();
  // @ts-expect-error: no such event
  events.on('bound', () => {});
  // @ts-expect-error: `bind` carries no interval
  events.on('bind', ({ interval }) => console.log(interval));
  // @ts-expect-error: `end` carries no address
  events.on('end', ({ address }) => console.log(address));
  // @ts-expect-error: the payload of another event
  events.on('bind', (event: EventOfType<'connect:retry'>) => console.log(event));
  // @ts-expect-error: a listener is a function
  events.on('bind', 'listener');
  // @ts-expect-error: no such event
  events.off('close:retry', () => {});
  // @ts-expect-error: no such type
  const type: EventType = 'accepted';
  // @ts-expect-error: no such type
  const event: EventOfType<'nothing'> | undefined = undefined;
  const seen: Event = await events.receive();
  // @ts-expect-error: not all events have an address
  console.log(type, event, seen.address);
  // @ts-expect-error: not an emitter in full
  events.once('bind', () => {});
  // @ts-expect-error: not one of the codes
  events.on('handshake:error:protocol', ({ error }) => error.code === 'ERR_OTHER');
  // @ts-expect-error: not one of the states
  events.on('handshake:error:auth', ({ error }) => error.status === 200);
}
