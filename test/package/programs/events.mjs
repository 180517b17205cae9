import * as zmq from 'zeromq';

const log = (who) => (event) => {
  const { type, address, interval, error } = event;
  const port = address?.replace(/\d+$/, 'PORT');
  console.log(who, type, port, typeof interval, type.endsWith(':error') ? Object.keys(error).sort().join() : '');
};
const until = (socket, type) => new Promise((resolve) => socket.events.on(type, resolve));

const pull = new zmq.Pull();
for (const type of ['bind', 'accept', 'handshake', 'close', 'end']) pull.events.on(type, log('pull'));
const gone = until(pull, 'disconnect');
await pull.bind('tcp://127.0.0.1:*');
const greeted = until(pull, 'handshake');
const push = new zmq.Push({ linger: 0 });
push.connect(pull.lastEndpoint);
await greeted;
push.close();
log('pull')(await gone);
const { events } = pull;
const ended = until(pull, 'end');
pull.close();
await ended;
console.log(events.closed);
try {
  events.receive();
} catch (error) {
  console.log(error.code, error.message);
}
const other = new zmq.Pull();
const observer = other.events;
console.log(observer === other.events, observer.closed);
const event = observer.receive();
try {
  observer.receive();
} catch (error) {
  console.log(error.code, error.message);
}
await other.bind('tcp://127.0.0.1:*');
console.log((await event).type);
other.close();
for await (const { type } of observer) console.log(type);
