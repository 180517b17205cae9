import { Dealer, type Readable, type Writable } from 'zeromq';

export function sending(socket: Writable): number {
  socket.sendBufferSize = -1;
  socket.sendHighWaterMark = 1;
  socket.sendTimeout = 5;
  socket.multicastHops = 1;
  return socket.sendTimeout;
}
export function receiving(socket: Readable): number {
  socket.receiveBufferSize = -1;
  socket.receiveHighWaterMark = 1;
  socket.receiveTimeout = 5;
  return socket.receiveTimeout;
}
const dealer = new Dealer();
export const both = [sending(dealer), receiving(dealer)];
