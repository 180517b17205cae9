import { Pull, Push, type Readable, type Socket, type SocketOptions, type Writable } from 'zeromq';

type Constructor<S extends Socket> = new (options?: SocketOptions<S>) => S;
export function create<S extends Socket>(type: Constructor<S>, options?: SocketOptions<S>): S {
  return new type(options);
}
export async function first<T extends Readable>(socket: T): Promise<string> {
  const [frame] = await socket.receive();
  return String(frame);
}
export function sender<T extends Socket & Writable>(socket: T): (text: string) => Promise<void> {
  return (text) => socket.send(text);
}
export const push: Push = create(Push, { linger: 0, sendHighWaterMark: 1 });
export const pull: Pull = create(Pull);
