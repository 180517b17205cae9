// Measures what each socket type does when it is alone, when its peer is full, and when there is nothing to receive, with
// whatever library has zeromq.js's API: node measure-marks.mjs URL-OF-THE-MODULE [PACE]. Prints one JSON object of rows by
// type; a larger PACE is for slower machines.
// In words: "waits", "drops", an error's code, "queues, then …" for what fits and what comes after, "–" for never.

import { createServer, connect as dial } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const zmq = await import(process.argv[2]);

/** Messages that fit into each end's queue, ms that an operation may wait, and ms for what is under way to arrive. */
const MARK = 2;
const PACE = Number(process.argv[3] ?? 1);
const SOON = 60 * PACE;
const SETTLE = 250 * PACE;
const LATE = 10_000;
const TRIES = 12;

const OPTIONS = {
  linger: 0,
  sendTimeout: SOON,
  receiveTimeout: SOON,
  sendHighWaterMark: MARK,
  receiveHighWaterMark: MARK,
  routingId: 'peer',
};
let endpoints = 0;

function make(type, options = {}) {
  const socket = new zmq[type]();
  for (const [name, value] of Object.entries({ ...OPTIONS, ...options })) if (name in socket) socket[name] = value;
  if (type === 'Subscriber') socket.subscribe();
  return socket;
}

const KINDS = {
  REQ: { type: 'Request', peer: 'Router' },
  REP: { type: 'Reply', peer: 'Dealer' },
  DEALER: { type: 'Dealer', peer: 'Dealer' },
  ROUTER: { type: 'Router', peer: 'Dealer', frames: (text) => ['peer', text] },
  'ROUTER, `mandatory`': {
    type: 'Router',
    peer: 'Dealer',
    frames: (text) => ['peer', text],
    options: { mandatory: true },
  },
  PUB: { type: 'Publisher', peer: 'Subscriber', upstream: 'XSubscriber' },
  'PUB, `noDrop`': { type: 'Publisher', peer: 'Subscriber', upstream: 'XSubscriber', options: { noDrop: true } },
  XPUB: { type: 'XPublisher', peer: 'Subscriber', upstream: 'XSubscriber' },
  'XPUB, `noDrop`': { type: 'XPublisher', peer: 'Subscriber', upstream: 'XSubscriber', options: { noDrop: true } },
  SUB: { type: 'Subscriber', peer: 'XPublisher', source: { noDrop: true } },
  XSUB: { type: 'XSubscriber', peer: 'XPublisher', source: { noDrop: true } },
  PUSH: { type: 'Push', peer: 'Pull' },
  PULL: { type: 'Pull', peer: 'Push' },
  PAIR: { type: 'Pair', peer: 'Pair' },
};

/** How an operation ends: "done", "waits", "never" for what this type does not do, or a code. */
async function outcome(operation) {
  try {
    await operation();
    return 'done';
  } catch (error) {
    if (error instanceof TypeError) return 'never';
    return { EAGAIN: 'waits', ENOTSUP: 'never' }[error.code] ?? error.code;
  }
}

/** What has to come, however slow the machine. */
async function mustReceive(socket) {
  socket.receiveTimeout = LATE;
  const message = await socket.receive();
  socket.receiveTimeout = SOON;
  return message;
}

const canSend = ({ type }) => typeof zmq[type].prototype.send === 'function' && !['Subscriber', 'Pull'].includes(type);
const canReceive = ({ type }) => !['Publisher', 'Push'].includes(type);

/** Sends until something else than "done" comes, or often enough; how many were taken, and what came then. */
async function flood(socket, frames = (text) => text) {
  for (let taken = 0; taken < TRIES; taken++) {
    const end = await outcome(() => socket.send(frames(`message ${taken}`)));
    if (end !== 'done') return { taken, end };
  }
  return { taken: TRIES, end: 'drops' };
}

async function drain(socket) {
  let count = 0;
  while ((await outcome(() => socket.receive())) === 'done') count++;
  return count;
}

/** Endpoints at which nobody is, all different. Whoever binds to a free port while they are in use may be given one of them. */
async function freePorts(count) {
  const sockets = Array.from({ length: count }, () => new zmq.Pull());
  await Promise.all(sockets.map((socket) => socket.bind('tcp://127.0.0.1:*')));
  const ports = sockets.map((socket) => socket.lastEndpoint);
  await Promise.all(sockets.map((socket, index) => socket.unbind(ports[index])));
  for (const socket of sockets) socket.close();
  return ports;
}

/** A REP is measured with a request in hand: otherwise it may not send at all. */
async function asked(socket, peer) {
  await peer.send(['', 'question']);
  await mustReceive(socket);
}

async function boundAlone(kind) {
  const socket = make(kind.type, kind.options);
  const peer = make(kind.peer);
  await socket.bind('tcp://127.0.0.1:*');
  if (kind.type === 'Reply') {
    peer.connect(socket.lastEndpoint);
    await asked(socket, peer);
    peer.close();
    await delay(SETTLE);
    return said(await outcome(() => socket.send('x')), 0, socket);
  }
  const end = await outcome(() => socket.send((kind.frames ?? String)('x')));
  peer.connect(socket.lastEndpoint);
  await delay(SETTLE);
  const arrived = await drain(peer);
  peer.close();
  return said(end, arrived, socket);
}

function said(end, arrived, socket) {
  socket.close();
  if (end !== 'done') return end;
  return arrived > 0 ? 'queues' : 'drops';
}

async function connectedAlone(kind, endpoint) {
  if (kind.type === 'Stream') return await streamUnconnected(endpoint);
  const socket = make(kind.type, kind.options);
  const peer = make(kind.peer);
  socket.connect(endpoint);
  if (kind.type === 'Reply') {
    await peer.bind(endpoint);
    await delay(SETTLE);
    await asked(socket, peer);
    await peer.unbind(endpoint);
    peer.close();
    await delay(SETTLE);
    return said(await outcome(() => socket.send('x')), 0, socket);
  }
  const { taken, end } = await flood(socket, kind.frames);
  await peer.bind(endpoint);
  await delay(2 * SETTLE);
  const arrived = await drain(peer);
  socket.close();
  peer.close();
  return summary({ taken, end, arrived });
}

/** Both in one process, so that no buffers of the system take part. */
async function peerFull(kind) {
  const endpoint = `inproc://full-${endpoints++}`;
  const socket = make(kind.type, kind.options);
  const peer = make(kind.peer);
  await peer.bind(endpoint);
  socket.connect(endpoint);
  await introduced(socket, peer);
  const result = kind.type === 'Reply' ? await replies(socket, peer) : await flood(socket, kind.frames);
  const arrived = await drain(peer);
  socket.close();
  peer.close();
  return summary({ ...result, arrived });
}

/** In libzmq a socket notices a new inproc peer, or its subscription, when it is used. */
async function introduced(socket, peer) {
  for (const one of [socket, peer]) if ('receiveTimeout' in one) await outcome(() => one.receive());
  await delay(SETTLE);
}

async function replies(socket, peer) {
  for (let taken = 0; taken < TRIES; taken++) {
    await asked(socket, peer);
    const end = await outcome(() => socket.send('answer'));
    if (end !== 'done') return { taken, end };
  }
  return { taken: TRIES, end: 'drops' };
}

function summary({ taken, end, arrived }) {
  if (taken === 0) return end;
  if (end === 'drops') return arrived === 0 ? 'drops' : arrived < taken ? 'queues, then drops' : 'queues';
  return arrived < taken ? 'loses' : `queues, then ${end}`;
}

/** Alone, but able to have peers. */
async function nothing(kind) {
  const socket = make(kind.type, kind.options);
  await socket.bind('tcp://127.0.0.1:*');
  const end = await outcome(() => socket.receive());
  socket.close();
  return end;
}

/** Its peer is one that waits rather than drops: it shows that the socket takes no more, and loses nothing it took. */
async function itselfFull(kind) {
  const endpoint = `inproc://own-${endpoints++}`;
  const socket = make(kind.type, kind.options);
  const peer = make(kind.upstream ?? kind.peer, { ...kind.source, mandatory: true });
  await socket.bind(endpoint);
  peer.connect(endpoint);
  await introduced(socket, peer);
  if (kind.type === 'XSubscriber') await socket.send(Buffer.of(1));
  await introduced(socket, peer);
  if (kind.type === 'Request') return await repliesInWaiting(socket, peer);
  const { taken, end } = await flood(peer, kind.type === 'Reply' ? (text) => ['', text] : undefined);
  let arrived = 0;
  for (; arrived < taken; arrived++) {
    if ((await outcome(() => socket.receive())) !== 'done') break;
    if (kind.type === 'Reply') await socket.send('x');
  }
  socket.close();
  peer.close();
  if (end === 'drops' && arrived > 0 && arrived < taken) return 'peer drops';
  return end === 'waits' && arrived === taken ? 'peer is held back' : `${end}, ${arrived} of ${taken}`;
}

/** A REQ has one reply to wait for; more than that does not fit its pipe either. */
async function repliesInWaiting(socket, peer) {
  await socket.send('question');
  const [id, ...question] = await mustReceive(peer);
  const { end } = await flood(peer, () => [id, ...question]);
  socket.close();
  peer.close();
  return end === 'waits' ? 'peer is held back' : end;
}

/** Enough of them to fill the buffers of the system, which take part here. */
const CHUNK = Buffer.alloc(2 ** 20);
const CHUNKS = 40;

/** STREAM has plain TCP programs as peers. */
async function streamAlone() {
  const socket = make('Stream');
  await socket.bind('tcp://127.0.0.1:*');
  const end = await outcome(() => socket.send(['peer', 'x']));
  socket.close();
  return end;
}

async function streamUnconnected(endpoint) {
  const socket = make('Stream');
  socket.connect(endpoint, { routingId: 'peer' });
  const { taken, end } = await flood(socket, (text) => ['peer', text]);
  socket.close();
  return taken === 0 ? end : `queues, then ${end}`;
}

async function streamPeerFull() {
  const socket = make('Stream');
  const server = createServer((peer) => peer.pause().on('error', () => {})).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  socket.connect(`tcp://127.0.0.1:${server.address().port}`, { routingId: 'peer' });
  await mustReceive(socket);
  let taken = 0;
  let end = 'drops';
  for (; taken < CHUNKS; taken++) {
    end = await outcome(() => socket.send(['peer', CHUNK]));
    if (end !== 'done') break;
  }
  socket.close();
  server.close();
  return taken > 0 && taken < CHUNKS ? `queues, then ${end}` : end;
}

async function streamItselfFull() {
  const socket = make('Stream');
  await socket.bind('tcp://127.0.0.1:*');
  const peer = dial(Number(socket.lastEndpoint.split(':')[2]), '127.0.0.1').on('error', () => {});
  for (let i = 0; i < CHUNKS; i++) peer.write(CHUNK);
  await delay(SETTLE);
  const held = peer.writableLength > 0;
  let bytes = 0;
  while (bytes < CHUNKS * CHUNK.length) {
    const [, data] = await mustReceive(socket);
    bytes += data.length;
  }
  peer.destroy();
  socket.close();
  return held ? 'peer is held back' : 'takes everything';
}

const STREAM = { type: 'Stream' };
const kinds = Object.values(KINDS);
const senders = [...kinds.filter(canSend), STREAM];
const ports = await freePorts(senders.length);
const unconnected = await Promise.all(senders.map((kind, index) => connectedAlone(kind, ports[index])));

async function row(kind) {
  const sending = canSend(kind) ? await Promise.all([boundAlone(kind), peerFull(kind)]) : ['–', '–'];
  const receiving = canReceive(kind) ? await Promise.all([nothing(kind), itselfFull(kind)]) : ['–', '–'];
  const [alone, full] = sending;
  return [alone, unconnected[senders.indexOf(kind)] ?? '–', full, ...receiving];
}

const rows = await Promise.all(kinds.map(row));
const table = Object.fromEntries(Object.keys(KINDS).map((name, index) => [name, rows[index]]));
table.STREAM = [
  await streamAlone(),
  unconnected.at(-1),
  await streamPeerFull(),
  await nothing(STREAM),
  await streamItselfFull(),
];
process.stdout.write(`${JSON.stringify(table)}\n`, () => process.exit(0));
