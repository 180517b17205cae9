import zmq = require('zeromq');

export const pair: zmq.Pair = new zmq.Pair();
export const message: zmq.Message = Buffer.of(1);
