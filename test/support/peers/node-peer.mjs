/**
 * The peer process over the npm package `zeromq` (libzmq 4.3.5): reads one JSON command per line, writes one JSON answer
 * per line, `{ id, value }` or `{ id, error: { code, message } }`. Started by peer.ts, whose twin is python-peer.py.
 * Commands on different sockets run side by side; on one socket, sends keep their order and so do receives.
 */
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import zmq from 'zeromq';

const classes = {
  PAIR: zmq.Pair,
  PUB: zmq.Publisher,
  SUB: zmq.Subscriber,
  REQ: zmq.Request,
  REP: zmq.Reply,
  DEALER: zmq.Dealer,
  ROUTER: zmq.Router,
  PULL: zmq.Pull,
  PUSH: zmq.Push,
  XPUB: zmq.XPublisher,
  XSUB: zmq.XSubscriber,
};
const entries = new Map();
const proxies = new Map();
/** User ids by `PLAIN name:password` and `CURVE key`, the key in hexadecimal. */
let allowed;

const ops = {
  hello: () => ({ version: zmq.version, pid: process.pid }),

  socket({ socket: name, type, options }) {
    const { metadata, ...others } = decodeOptions(options);
    const socket = new classes[type]({ linger: 0, ...others });
    // ZMQ_METADATA has no property; sockets are open to options by number where they are extended.
    if (metadata !== undefined) socket.setStringOption(95, metadata);
    entries.set(name, { socket, sending: Promise.resolve(), receiving: Promise.resolve() });
  },

  async bind({ socket: name, endpoint }) {
    const { socket } = entries.get(name);
    await socket.bind(endpoint);
    return socket.lastEndpoint;
  },

  connect({ socket: name, endpoint, routingId }) {
    const { socket } = entries.get(name);
    if (routingId === undefined) socket.connect(endpoint);
    else socket.connect(endpoint, { routingId });
  },

  send({ socket: name, messages }) {
    const entry = entries.get(name);
    return inTurn(entry, 'sending', async () => {
      for (const frames of messages) await entry.socket.send(frames.map(decodeFrame));
    });
  },

  receive({ socket: name, count }) {
    const entry = entries.get(name);
    return inTurn(entry, 'receiving', async () => {
      const messages = [];
      while (messages.length < count) messages.push((await receiveOne(entry.socket)).map(encodeFrame));
      return messages;
    });
  },

  subscribe: ({ socket: name, topic }) => entries.get(name).socket.subscribe(decodeFrame(topic)),
  unsubscribe: ({ socket: name, topic }) => entries.get(name).socket.unsubscribe(decodeFrame(topic)),

  close({ socket: name }) {
    entries.get(name).socket.close();
    entries.delete(name);
  },

  /** Answers for ZAP from now on, in this process: whom it lets in, by password or key, has the user id that is given for it. */
  async zap({ allow }) {
    if (allowed === undefined) {
      const handler = new zmq.Reply({ linger: 0 });
      await handler.bind('inproc://zeromq.zap.01');
      void serveZap(handler);
    }
    allowed = allow;
  },

  async proxy({ socket: name, front, back }) {
    const sides = [front, back].map(({ type }) => new classes[type]({ linger: 0 }));
    await sides[0].bind(front.endpoint);
    await sides[1].bind(back.endpoint);
    const endpoints = { front: sides[0].lastEndpoint, back: sides[1].lastEndpoint };
    const proxy = new zmq.Proxy(...sides);
    proxies.set(name, { proxy, running: proxy.run() });
    return endpoints;
  },

  async endProxy({ socket: name }) {
    const { proxy, running } = proxies.get(name);
    proxy.terminate();
    await running;
    proxies.delete(name);
  },
};

async function serveZap(handler) {
  for await (const [version, id, , , , mechanism, ...credentials] of handler) {
    const shown = `${mechanism}` === 'CURVE' ? credentials[0].toString('hex') : credentials.join(':');
    const userId = allowed[`${mechanism} ${shown}`];
    const answer = userId === undefined ? ['400', 'no', '', ''] : ['200', 'OK', userId, ''];
    await handler.send([version, id, ...answer]);
  }
}

/** A reply that a relaxed REQ discards makes zeromq.js fail the receive that is waiting for the next one. */
async function receiveOne(socket) {
  for (;;) {
    try {
      return await socket.receive();
    } catch (error) {
      if (error.code !== 'EAGAIN' || socket.closed) throw error;
    }
  }
}

/** zeromq.js allows one pending send and one pending receive per socket. */
function inTurn(entry, turn, operation) {
  const result = entry[turn].then(operation);
  entry[turn] = result.catch(() => {});
  return result;
}

function decodeFrame(wire) {
  if (typeof wire === 'string') return Buffer.from(wire, 'base64');
  if (wire.size === 0) return Buffer.alloc(0);
  return createHash('shake128', { outputLength: wire.size }).update(wire.seed).digest();
}

function encodeFrame(frame) {
  if (frame.length <= BY_VALUE) return frame.toString('base64');
  return { size: frame.length, sha256: createHash('sha256').update(frame).digest('hex') };
}

function decodeOptions(options) {
  const decode = (value) => (value?.base64 === undefined ? value : Buffer.from(value.base64, 'base64'));
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, decode(value)]));
}

async function answer(line) {
  const { id, op, ...args } = JSON.parse(line);
  try {
    respond({ id, value: (await ops[op](args)) ?? null });
  } catch (error) {
    respond({ id, error: { code: error.code, message: error.message } });
  }
}

function respond(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const BY_VALUE = 1024;
createInterface({ input: process.stdin }).on('line', answer);
process.stdin.on('end', () => process.exit(0));
