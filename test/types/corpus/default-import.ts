import zmq from 'zeromq';

export const dealer: zmq.Dealer = new zmq.Dealer({ linger: 0 });
export const text: string = zmq.version;
