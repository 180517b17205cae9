// A session gate: one process others command over REQ/REP and follow over PUB/SUB. This file is the gate, its follower and
// the client, each in a process of its own; only the client's and follower's words are shown.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Publisher, Reply, Request, Subscriber, XPublisher } from 'zeromq';

const ROLES = { gate, follower };
const [role, ...endpoints] = process.argv.slice(2);
await (role === undefined ? client() : ROLES[role](...endpoints));

async function gate() {
  const [commands, events] = [new Reply(), new XPublisher()];
  await commands.bind('tcp://127.0.0.1:*');
  await events.bind('tcp://127.0.0.1:*');
  process.send([commands.lastEndpoint, events.lastEndpoint]);
  const [subscription] = await events.receive();
  await events.send(['gate/follower', subscription.subarray(1)]);
  const state = new Map();
  let sequence = 0;
  for await (const frames of commands) {
    const [command, key, value] = frames.map(String);
    if (command === 'get') await commands.send(state.has(key) ? ['ok', state.get(key)] : ['error', `no ${key}`]);
    if (command === 'set') {
      state.set(key, value);
      await commands.send('ok');
      await events.send([`state/${key}`, `${++sequence}`, value]);
    }
    if (command === 'end') {
      await commands.send('ok');
      await events.send(['gate/end', `${++sequence}`]);
      break;
    }
  }
  commands.close();
  events.close();
  process.disconnect();
}

async function follower(endpoint) {
  const subscriber = new Subscriber();
  subscriber.connect(endpoint);
  subscriber.subscribe('');
  for await (const frames of subscriber) {
    process.send(frames.map(String));
    if (String(frames[0]) === 'gate/end') break;
  }
  process.disconnect();
}

function start(...args) {
  return fork(fileURLToPath(import.meta.url), args);
}

function next(child) {
  return new Promise((resolve) => child.once('message', resolve));
}

function exit(child) {
  return new Promise((resolve) => child.once('exit', resolve));
}

async function client() {
  const theGate = start('gate');
  const gateEnd = exit(theGate);
  const [commands, events] = await next(theGate);
  const following = start('follower', events);
  const followerEnd = exit(following);
  const seen = [];
  following.on('message', (event) => seen.push(event));
  await next(following);
  const request = new Request({ receiveTimeout: 20_000 });
  request.connect(commands);
  for (const command of [
    ['get', 'colour'],
    ['set', 'colour', 'red'],
    ['set', 'size', '5'],
    ['get', 'colour'],
    ['end'],
  ]) {
    await request.send(command);
    console.log(command.join(' '), '->', (await request.receive()).map(String));
  }
  console.log(await gateEnd, await followerEnd, Publisher.name);
  console.log(seen);
}
