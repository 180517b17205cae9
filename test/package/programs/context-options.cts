import zmq = require('zeromq');

const context = new zmq.Context({ maxSockets: 2, blocky: false, ipv6: true, ioThreads: 2 });
console.log(context.maxSockets, context.blocky, context.ipv6, context.ioThreads, context.maxSocketsLimit);
context.maxMessageSize = 1000;
console.log(context.maxMessageSize, zmq.context.maxSockets, zmq.context.blocky);

const options: zmq.SocketOptions<zmq.Push> = { context, sendHighWaterMark: 5 };
const push = new zmq.Push(options);
console.log('context' in options, push.context === context, push.linger, push.ipv6, push.sendHighWaterMark);
const pull = new zmq.Pull({ context });
try {
  new zmq.Pull({ context });
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  console.log(code, message);
}
push.close();
pull.close();
console.log(push.context === undefined);
