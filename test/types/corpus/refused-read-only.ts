import { type Context, Dealer, type Push } from 'zeromq';

export function readOnly(socket: Push, context: Context): void {
  // @ts-expect-error: read-only
  socket.closed = true;
  // @ts-expect-error: read-only
  socket.lastEndpoint = 'tcp://x';
  // @ts-expect-error: read-only
  socket.readable = true;
  // @ts-expect-error: read-only
  socket.writable = true;
  // @ts-expect-error: read-only
  socket.events = new Push().events;
  // @ts-expect-error: read-only
  socket.context = context;
  // @ts-expect-error: read-only
  socket.type = 3;
  // @ts-expect-error: read-only
  socket.securityMechanism = 'curve';
  // @ts-expect-error: read-only
  socket.threadSafe = true;
  // @ts-expect-error: read-only
  socket.events.closed = true;
  // @ts-expect-error: read-only
  context.maxSocketsLimit = 1;
  // @ts-expect-error: read-only, so no option
  console.log(new Dealer({ lastEndpoint: 'x' }));
}
