// A linger of 0 waits for nothing, but what was sent before close still gets the room that the system has: in libzmq another
// thread has written it by then, and programs count on that.

import { get } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  curveKeyPair,
  Dealer,
  Publisher,
  Pull,
  Push,
  type Readable,
  Reply,
  Request,
  type Socket,
  Stream,
  Subscriber,
  type Writable,
} from '../../src/index.js';
import { within } from '../support/peers/deadline.js';
import { open, receiveMany } from '../support/sockets.js';

const transports = [
  ['tcp', () => 'tcp://127.0.0.1:*'],
  ['ipc', () => 'ipc://*'],
] as const;

/** @returns where the first is bound */
async function join(bound: Socket, connected: Socket, endpoint: string): Promise<string> {
  await bound.bind(endpoint);
  const address = bound.lastEndpoint as string;
  connected.connect(address);
  return address;
}

/** From here on the connection stands. */
async function exchange(from: Writable, to: Readable): Promise<void> {
  await from.send('first');
  await to.receive();
}

describe.each(transports)('%s: close without linger', (_name, endpoint) => {
  it.each([1, 10, 900])('after PUSH has sent %d', async (count) => {
    const [pull, push] = [open(new Pull()), open(new Push())];
    await join(pull, push, endpoint());
    await exchange(push, pull);
    for (let i = 0; i < count; i++) await push.send(`${i}`);
    push.close();
    expect(await within(receiveMany(pull, count), 'the messages')).toEqual(
      Array.from({ length: count }, (_, i) => `${i}`),
    );
    await push.ended;
  });

  it('over CURVE', async () => {
    const server = curveKeyPair();
    const client = curveKeyPair();
    const secure = {
      curvePublicKey: client.publicKey,
      curveSecretKey: client.secretKey,
      curveServerKey: server.publicKey,
    };
    const [pull, push] = [
      open(new Pull({ curveServer: true, curveSecretKey: server.secretKey })),
      open(new Push(secure)),
    ];
    await join(pull, push, endpoint());
    await exchange(push, pull);
    await push.send('last words');
    push.close();
    expect(await within(receiveMany(pull, 1), 'the message')).toEqual(['last words']);
  });

  it('on the side that is bound: a reply, a publication', async () => {
    const [reply, request] = [open(new Reply()), open(new Request())];
    await join(reply, request, endpoint());
    await request.send('question');
    await reply.receive();
    await reply.send('answer');
    reply.close();
    expect(await within(receiveMany(request, 1), 'the reply')).toEqual(['answer']);

    const [publisher, subscriber] = [open(new Publisher()), open(new Subscriber())];
    subscriber.subscribe();
    await join(publisher, subscriber, endpoint());
    await publisher.waitForSubscriber('news');
    await exchange(publisher, subscriber);
    await publisher.send('news');
    publisher.close();
    expect(await within(receiveMany(subscriber, 1), 'the news')).toEqual(['news']);
  });

  it.each(['disconnect', 'unbind'] as const)('%s, too', async (how) => {
    const [bound, connected] = [open(new Dealer()), open(new Dealer())];
    const address = await join(bound, connected, endpoint());
    await bound.waitForPeer();
    const [from, to] = how === 'disconnect' ? [connected, bound] : [bound, connected];
    await exchange(from, to);
    await from.send('last words');
    await from[how](address);
    expect(await within(receiveMany(to, 1), 'the message')).toEqual(['last words']);
  });
});

it('STREAM: a server that answers and closes', async () => {
  const stream = open(new Stream());
  await stream.bind('tcp://127.0.0.1:*');
  const body = new Promise<string>((resolve, reject) => {
    get(String(stream.lastEndpoint).replace('tcp:', 'http:'), (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
  for await (const [id, data] of stream) {
    if (data.length === 0) continue;
    await stream.send([id, 'HTTP/1.0 200 OK\r\n\r\nHello']);
    stream.close();
  }
  expect(await within(body, 'the answer')).toBe('Hello');
});
