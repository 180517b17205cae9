import { Push, type Socket } from 'zeromq';

export function keepAlive(socket: Socket): Array<number | boolean | string | null> {
  socket.tcpKeepalive = 1;
  socket.tcpKeepaliveCount = 2;
  socket.tcpKeepaliveIdle = 3;
  socket.tcpKeepaliveInterval = 4;
  socket.tcpAcceptFilter = '127.0.0.0/8';
  socket.tcpAcceptFilter = null;
  socket.socksProxy = '127.0.0.1:1080';
  socket.socksProxy = null;
  socket.immediate = true;
  socket.ipv6 = true;
  socket.interface = 'lo';
  socket.interface = null;
  socket.loopbackFastPath = true;
  return [socket.tcpKeepalive, socket.ipv6, socket.tcpAcceptFilter, socket.socksProxy, socket.interface];
}
export const push = keepAlive(new Push());
