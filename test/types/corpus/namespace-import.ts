import * as zmq from 'zeromq';

export const sockets: zmq.Socket[] = [new zmq.Dealer(), new zmq.Router()];
export type Options = zmq.SocketOptions<zmq.Dealer>;
