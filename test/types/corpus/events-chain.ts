import { type EventOfType, type EventSubscriber, Pull } from 'zeromq';

const { events } = new Pull();
const bound = (event: EventOfType<'bind'>): void => void event.address;
export const subscriber: EventSubscriber = events
  .on('bind', bound)
  .on('end', () => {})
  .off('bind', bound);
export function watch(target: EventSubscriber): void {
  target.on('connect', ({ address }) => address.length);
}
watch(events);
