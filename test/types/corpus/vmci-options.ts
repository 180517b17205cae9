import type { Socket } from 'zeromq';

export function vmci(socket: Socket): number {
  socket.vmciBufferSize = 1;
  socket.vmciBufferMinSize = 1;
  socket.vmciBufferMaxSize = 1;
  socket.vmciConnectTimeout = 1;
  return socket.vmciBufferSize + socket.vmciConnectTimeout;
}
