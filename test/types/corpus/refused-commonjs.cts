import zmq = require('zeromq');

// @ts-expect-error: PULL does not send
export const sent = new zmq.Pull().send('x');
// @ts-expect-error: no such export
export const nothing = zmq.createSocket;
