// RFC 23/ZMTP: what every socket does, subscriptions of ZMTP 3.0, wire analysis, security considerations.
// One clause of spec-notes/rfc-23.md per title, through the public API; raw peers show the bytes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as zmq from '../../src/index.js';
import { inTraffic, sent, verdict } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { RawPeer, RawServer } from '../support/raw-peer.js';
import { bound, nextEvent, open, receiveMany, receiveText } from '../support/sockets.js';
import { COMMAND, frame, greeting, MORE, message, subscribe } from '../support/wire.js';

const PAIRS: [new () => zmq.Socket, string][] = [
  [zmq.Request, 'REP'],
  [zmq.Reply, 'REQ'],
  [zmq.Dealer, 'ROUTER'],
  [zmq.Router, 'DEALER'],
  [zmq.Publisher, 'SUB'],
  [zmq.XPublisher, 'SUB'],
  [zmq.Subscriber, 'PUB'],
  [zmq.XSubscriber, 'PUB'],
  [zmq.Push, 'PULL'],
  [zmq.Pull, 'PUSH'],
  [zmq.Pair, 'PAIR'],
];

describe('All sockets', () => {
  it('ZMTP23-SOCKET-1 lets every socket type accept connections and make connections', async () => {
    for (const [Type, peerType] of PAIRS) {
      const server = await RawServer.listen();
      const [accepting, connecting] = [open(new Type()), open(new Type())];
      connecting.connect(server.endpoint);
      await (await server.join(peerType)).sync();
      await (await RawPeer.join(await bound(accepting), peerType)).sync();
    }
  });

  it('ZMTP23-SOCKET-2 connects in the background, also before the other side listens', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'zmtp-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const endpoint = `ipc://${join(directory, 's')}`;
    const [push, pull] = [open(new zmq.Push({ reconnectInterval: 1 })), open(new zmq.Pull())];
    const refused = nextEvent(push, 'connect:retry');
    push.connect(endpoint);
    await push.send('early');
    await refused;
    await pull.bind(endpoint);
    expect(await receiveText(pull)).toEqual(['early']);
  });

  it('ZMTP23-SOCKET-3 connects again when a connection breaks', async () => {
    const pull = open(new zmq.Pull({ reconnectInterval: 1 }));
    const server = await RawServer.listen();
    pull.connect(server.endpoint);
    for (const text of ['first', 'second', 'third']) {
      const peer = await server.join('PUSH');
      peer.write(message(text));
      expect(await receiveText(pull)).toEqual([text]);
      peer.close();
    }
  });

  it('ZMTP23-SOCKET-4 receives all frames of a message or none', async () => {
    const pull = open(new zmq.Pull());
    const endpoint = await bound(pull);
    const leaving = await RawPeer.join(endpoint, 'PUSH');
    const gone = nextEvent(pull, 'disconnect');
    leaving.write(message('whole', 'message'), frame(MORE, 'half'), frame(MORE, 'a'));
    leaving.end();
    await gone;
    const next = await RawPeer.join(endpoint, 'PUSH');
    next.write(message('next'));
    expect(await receiveMany(pull, 2)).toEqual(['whole|message', 'next']);
  });

  it('ZMTP23-SOCKET-5 sends a message with all its frames, nothing in between', async () => {
    const push = open(new zmq.Push());
    const peer = await RawPeer.join(await bound(push), 'PULL');
    const parts = Array.from({ length: 1000 }, (_, i) => `${i}`);
    await push.send(parts);
    await push.send('after');
    expect(await peer.text()).toEqual(parts);
    expect(await peer.text()).toEqual(['after']);
  });

  it('ZMTP23-SOCKET-6 delivers a message to a peer once, over reconnects and overlapping subscriptions', async () => {
    const push = open(new zmq.Push({ reconnectInterval: 1 }));
    const server = await RawServer.listen();
    push.connect(server.endpoint);
    const first = await server.join('PULL');
    await push.send('one');
    expect(await first.text()).toEqual(['one']);
    const down = nextEvent(push, 'disconnect');
    first.close();
    await down;
    await push.send('two');
    const second = await server.join('PULL');
    expect(await second.text()).toEqual(['two']);
    expect(await second.sync()).toEqual([]);

    const pub = open(new zmq.Publisher());
    const sub = await RawPeer.join(await bound(pub), 'SUB');
    sub.write(subscribe('a'), subscribe('ab'), subscribe(''), subscribe('a'));
    await sub.sync();
    await pub.send('abc');
    expect(await sub.text()).toEqual(['abc']);
    expect(await sub.sync()).toEqual([]);
  });

  it('ZMTP23-SOCKET-7 delivers the messages between two peers in order', async () => {
    const [push, pull] = [open(new zmq.Push()), open(new zmq.Pull())];
    push.connect(await bound(pull));
    const count = 3000;
    const sending = (async () => {
      for (let i = 0; i < count; i++) await push.send([`${i}`, Buffer.alloc(i % 500)]);
    })();
    for (let i = 0; i < count; i++) expect(String((await pull.receive())[0])).toBe(`${i}`);
    await sending;
  });
});

describe('Publish and subscribe', () => {
  /** A PUB to which a raw SUB of this minor version has written these bytes. */
  async function publisherWith(minor: number, ...bytes: Buffer[]) {
    const pub = open(new zmq.Publisher());
    const peer = await RawPeer.join(await bound(pub), 'SUB', { minor });
    peer.write(...bytes);
    await peer.sync();
    return { pub, peer };
  }

  it('ZMTP23-PUBSUB-1 filters at the publisher: what nobody asked for is not on the wire', async () => {
    const { pub, peer } = await publisherWith(1, subscribe('wanted'));
    for (const text of ['unwanted', 'wanted', 'want', '']) await pub.send(text);
    expect(await peer.text()).toEqual(['wanted']);
    expect(await peer.sync()).toEqual([]);
  });

  it('ZMTP23-PUBSUB-2 subscribes to a ZMTP 3.0 peer by a message of 01 and the topic', async () => {
    const sub = open(new zmq.Subscriber());
    sub.subscribe('early', '');
    const peer = await RawPeer.join(await bound(sub), 'PUB', { minor: 0 });
    expect(await peer.frame()).toEqual({ flags: 0, body: Buffer.from('\x01early') });
    expect(await peer.frame()).toEqual({ flags: 0, body: Buffer.from('\x01') });
    sub.subscribe('late');
    expect(await peer.frame()).toEqual({ flags: 0, body: Buffer.from('\x01late') });
  });

  it('ZMTP23-PUBSUB-3 cancels at a ZMTP 3.0 peer by a message of 00 and the topic', async () => {
    const sub = open(new zmq.Subscriber());
    sub.subscribe('t');
    const peer = await RawPeer.join(await bound(sub), 'PUB', { minor: 0 });
    await peer.frame();
    sub.unsubscribe('t');
    expect(await peer.frame()).toEqual({ flags: 0, body: Buffer.from('\x00t') });
  });

  it('ZMTP23-PUBSUB-4 takes subscriptions and cancellations as messages, from peers of 3.0 and of 3.1', () => {
    const bytes = Buffer.concat([message('\x01a'), message('\x01'), message('\x00a'), frame(0, '\x01bc')]);
    for (const socketType of ['PUB', 'XPUB'] as const) {
      for (const minor of [0, 1]) {
        eachDelivery(bytes, (chunks) => {
          expect(verdict(inTraffic({ socketType, minor }), chunks).log).toEqual(['+a', '+', '-a', '+bc']);
        });
      }
    }
  });

  it('ZMTP23-PUBSUB-5 matches a subscription with every message that starts with it', async () => {
    const { pub, peer } = await publisherWith(0, message('\x01A'));
    for (const text of ['B', 'A', 'AB', 'BA', 'a', 'A\0']) await pub.send(text);
    expect([await peer.text(), await peer.text(), await peer.text()]).toEqual([['A'], ['AB'], ['A\0']]);
    expect(await peer.sync()).toEqual([]);
  });

  it('ZMTP23-PUBSUB-6 matches an empty subscription with every message', async () => {
    const { pub, peer } = await publisherWith(0, message('\x01'));
    for (const text of ['', 'a', '\0']) await pub.send(text);
    expect([await peer.text(), await peer.text(), await peer.text()]).toEqual([[''], ['a'], ['\0']]);
  });

  it('ZMTP23-PUBSUB-7 counts subscriptions: two of the same take two cancellations', async () => {
    const { pub, peer } = await publisherWith(0, message('\x01A'), message('\x01A'), message('\x01end'));
    peer.write(message('\x00A'));
    await peer.sync();
    await pub.send('A1');
    expect(await peer.text()).toEqual(['A1']);
    peer.write(message('\x00A'));
    await peer.sync();
    await pub.send('A2');
    await pub.send('end');
    expect(await peer.text()).toEqual(['end']);
  });

  it('ZMTP23-PUBSUB-8 adds subscriptions up: an empty one beside another is the same as alone', async () => {
    const { pub, peer } = await publisherWith(0, message('\x01A'), message('\x01'));
    peer.write(message('\x00A'));
    await peer.sync();
    await pub.send('B');
    expect(await peer.text()).toEqual(['B']);
  });

  it('ZMTP23-PUBSUB-9 counts what the application subscribes to, and tells the publisher of the first and last', async () => {
    const sub = open(new zmq.Subscriber());
    sub.subscribe('A', 'A');
    const peer = await RawPeer.join(await bound(sub), 'PUB');
    expect(await peer.command()).toEqual({ name: 'SUBSCRIBE', data: Buffer.from('A') });
    sub.subscribe('A');
    expect(await peer.sync()).toEqual([]);
    sub.unsubscribe('A', 'A');
    peer.write(message('A1'));
    expect(await receiveText(sub)).toEqual(['A1']);
    sub.unsubscribe('A');
    expect(await peer.command()).toEqual({ name: 'CANCEL', data: Buffer.from('A') });
    expect(await peer.sync()).toEqual([]);
  });
});

describe('Wire analysis', () => {
  it('ZMTP23-WIRE-1 sends message data as message frames on a clear text connection', async () => {
    const push = open(new zmq.Push());
    const peer = await RawPeer.join(await bound(push), 'PULL');
    await push.send(['READY', 'visible']);
    expect(await peer.frame()).toEqual({ flags: MORE, body: Buffer.from('READY') });
    expect(await peer.frame()).toEqual({ flags: 0, body: Buffer.from('visible') });
  });

  it('ZMTP23-WIRE-2 gives every command it sends a visible, printable name', () => {
    const { connection } = inTraffic({ socketType: 'SUB', heartbeat: { interval: 1, timeout: 10 } });
    connection.subscribe(Buffer.from('t'), true);
    connection.subscribe(Buffer.from('t'), false);
    connection.timeout(1);
    connection.receive(frame(COMMAND, '\x04PING\0\0context'), 1);
    const names = sent(connection).map((text) => text.split(' ')[0]);
    expect(names).toEqual(['SUBSCRIBE', 'CANCEL', 'PING', 'PONG']);
  });
});

describe('Security considerations', () => {
  it('ZMTP23-SECURITY-1 reports a refused peer to the application with its address', async () => {
    const pull = open(new zmq.Pull());
    const endpoint = await bound(pull);
    const failed = nextEvent(pull, 'handshake:error:protocol');
    const peer = await RawPeer.connect(endpoint);
    peer.write(greeting({ mechanism: 'PLAIN' }));
    const event = await failed;
    expect(event.address).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    expect((event.error as { code?: string }).code).toBe('ERR_ZMTP_MECHANISM_MISMATCH');
    await peer.closed;
  });

  it('ZMTP23-SECURITY-2 tells nothing of itself before the mechanism is agreed on', async () => {
    const pull = open(new zmq.Pull());
    const peer = await RawPeer.connect(await bound(pull));
    expect(await peer.bytes(64)).toEqual(greeting());
    peer.write(greeting({ mechanism: 'CURVE' }));
    expect(await peer.closed).toEqual(Buffer.alloc(0));
  });

  it('ZMTP23-SECURITY-3 goes on serving others while peers misbehave', async () => {
    const pull = open(new zmq.Pull());
    const endpoint = await bound(pull);
    for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\xff', '\x16\x03\x01', '']) {
      const peer = await RawPeer.connect(endpoint);
      peer.write(Buffer.from(bytes, 'latin1'));
    }
    const good = await RawPeer.join(endpoint, 'PUSH');
    good.write(message('served'));
    expect(await receiveText(pull)).toEqual(['served']);
  });
});
