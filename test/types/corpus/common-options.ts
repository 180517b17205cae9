import { Pull, type Socket } from 'zeromq';

export function tune(socket: Socket): number {
  socket.affinity = 1;
  socket.rate = 100;
  socket.recoveryInterval = 1;
  socket.linger = 0;
  socket.reconnectInterval = 10;
  socket.reconnectMaxInterval = 100;
  socket.backlog = 5;
  socket.maxMessageSize = -1;
  socket.handshakeInterval = 1;
  socket.heartbeatInterval = 1;
  socket.heartbeatTimeToLive = 100;
  socket.heartbeatTimeout = 1;
  socket.connectTimeout = 1;
  socket.typeOfService = 1;
  socket.multicastMaxTransportDataUnit = 1500;
  socket.tcpMaxRetransmitTimeout = 0;
  return socket.linger + socket.rate + socket.backlog;
}
export const tuned: number = tune(new Pull());
