import zmq, * as all from 'zeromq';

const NAMES =
  `capability context curveKeyPair version Context Socket Observer Proxy Pair Publisher Subscriber Request Reply
  Dealer Router Pull Push XPublisher XSubscriber Stream`.split(/\s+/);
for (const name of NAMES) console.log(name, typeof zmq[name], /^[A-Z]/.test(name) ? zmq[name].name : '');
console.log(zmq.version, all.Push === zmq.Push, all.default === zmq);
console.log(
  Object.keys(zmq.capability).sort(),
  Object.values(zmq.capability).every((value) => typeof value === 'boolean'),
);
const { publicKey, secretKey } = zmq.curveKeyPair();
console.log(publicKey.length, secretKey.length, publicKey === secretKey);
const socket = new zmq.Dealer({ linger: 5, routingId: 'me' });
console.log(
  socket.type,
  socket.linger,
  socket.routingId,
  socket.lastEndpoint,
  socket.securityMechanism,
  socket.threadSafe,
);
for (const name of ['lastEndpoint', 'closed', 'unknown']) {
  try {
    socket[name] = 1;
  } catch (error) {
    console.log(error.constructor.name, error.message);
  }
}
