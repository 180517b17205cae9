// Opening the library's sockets in tests: closed when the test ends, nothing lingers, endpoints never collide.
//
// Used by the pattern tests (RFC 28 to 31), which speak to the library through its public API.
import { expect, onTestFinished } from 'vitest';
import { type Event, type Pull, Push, type Socket } from '../../src/index.js';
import { within } from './peers/deadline.js';

/** Registers the socket for closing at the end of the test and hands it back. */
export function open<T extends Socket>(socket: T): T {
  Object.assign(socket, { linger: 0 });
  onTestFinished(() => socket.close());
  return socket;
}

let names = 0;

/** An inproc endpoint nobody else uses. */
export function inproc(): string {
  return `inproc://test-${++names}`;
}

/** Binds to a free TCP port and says which. */
export async function bound(socket: Socket): Promise<string> {
  await socket.bind('tcp://127.0.0.1:*');
  return socket.lastEndpoint!;
}

/** The next event of this type. Call it before doing what causes the event. */
export function nextEvent<T extends Event['type']>(socket: Socket, type: T): Promise<Extract<Event, { type: T }>> {
  return new Promise((resolve) => {
    const listener = (event: Extract<Event, { type: T }>) => {
      socket.events.off(type, listener as never);
      resolve(event);
    };
    socket.events.on(type, listener as never);
  });
}

/** The next message, its parts as text. */
export async function receiveText(socket: { receive(): Promise<Buffer[]> }): Promise<string[]> {
  return (await socket.receive()).map(String);
}

/** The next `count` messages, the parts of each joined with `|`. */
export async function receiveMany(socket: { receive(): Promise<Buffer[]> }, count: number): Promise<string[]> {
  const messages: string[] = [];
  for (let i = 0; i < count; i++) messages.push((await receiveText(socket)).join('|'));
  return messages;
}

/** A message gets to the socket that is bound there. */
export async function expectThrough(pull: Pull, endpoint: string): Promise<void> {
  const push = open(new Push());
  push.connect(endpoint);
  await push.send(endpoint);
  expect(String(await within(pull.receive(), `a message through ${endpoint}`))).toBe(endpoint);
}

/** This socket type only sends: receiving is refused at once, whatever the declarations of the type say. */
export async function expectNoReceive(socket: Socket): Promise<void> {
  const receiver = socket as unknown as { receive(): Promise<unknown> };
  await expect(async () => receiver.receive()).rejects.toMatchObject({ code: 'ENOTSUP' });
}

/** This socket type only receives. */
export async function expectNoSend(socket: Socket): Promise<void> {
  const sender = socket as unknown as { send(message: string): Promise<void> };
  await expect(async () => sender.send('refused')).rejects.toMatchObject({ code: 'ENOTSUP' });
}
