import type { EventOfType, EventType, Socket } from 'zeromq';

export function once<E extends EventType>(socket: Socket, type: E): Promise<EventOfType<E>> {
  return new Promise((resolve) => {
    const listener = (event: EventOfType<E>): void => {
      socket.events.off(type, listener);
      resolve(event);
    };
    socket.events.on(type, listener);
  });
}
export async function address(socket: Socket): Promise<string> {
  return (await once(socket, 'bind')).address;
}
