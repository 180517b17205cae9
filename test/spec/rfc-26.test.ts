// RFC 25/ZMTP-CURVE and RFC 26/CURVEZMQ, one clause of spec-notes/rfc-25.md and rfc-26.md per title: what an honest peer sees.
// What a peer can get wrong is in test/security. The other end is written by hand (test/support/curve.ts).

import { describe, expect, it } from 'vitest';
import type { Subject } from '../support/connections.js';
import {
  answerTo,
  CLIENT_KEYS,
  clientGreeting,
  commandsOf,
  curveClient,
  curveServer,
  SERVER_KEYS,
  serverGreeting,
  sodium,
  TwinClient,
  TwinServer,
} from '../support/curve.js';
import { command, property } from '../support/wire.js';

/** A server that has been greeted. */
function greeted(): Subject {
  const subject = curveServer();
  subject.connection.output.take();
  subject.connection.receive(clientGreeting, 0);
  return subject;
}

/** A client of ours, and the HELLO it has sent. */
function calling(server: TwinServer): { subject: Subject; hello: Buffer } {
  const subject = curveClient(server.long.publicKey);
  subject.connection.output.take();
  const hello = answerTo(subject, serverGreeting);
  server.helloed(hello);
  return { subject, hello };
}

describe('CURVE', () => {
  it('CURVE25-IMPLEMENTATION-1 says in its greeting which side it is', () => {
    expect(Buffer.concat(curveServer().connection.output.take())).toEqual(serverGreeting);
    expect(Buffer.concat(curveClient().connection.output.take())).toEqual(clientGreeting);
  });

  it('CURVEZMQ26-FLOW-1 goes HELLO, WELCOME, INITIATE, READY, and then MESSAGE either way', () => {
    const names: string[] = [];
    const note = (subject: Subject): Buffer => {
      const [[name, data]] = commandsOf(subject) as [[string, Buffer]];
      names.push(name);
      return data;
    };
    const twin = new TwinClient(SERVER_KEYS.publicKey);
    const server = greeted();
    server.connection.receive(command('HELLO', twin.hello()), 0);
    twin.welcomed(note(server));
    server.connection.receive(command('INITIATE', twin.initiate()), 0);
    expect(twin.ready(note(server))).toEqual(property('Socket-Type', 'PULL'));
    const other = new TwinServer();
    const client = curveClient(other.long.publicKey);
    client.connection.output.take();
    client.connection.receive(serverGreeting, 0);
    other.helloed(note(client));
    client.connection.receive(command('WELCOME', other.welcome()), 0);
    other.initiated(note(client));
    client.connection.receive(command('READY', other.ready()), 0);
    expect(names).toEqual(['WELCOME', 'READY', 'HELLO', 'INITIATE']);
    for (const [subject, { traffic }] of [
      [server, twin],
      [client, other],
    ] as const) {
      subject.connection.receive(traffic.frame(0, 'in'), 0);
      expect(subject.recorder.log.at(-1)).toBe('message in');
      subject.connection.send([Buffer.from('out')]);
      expect(traffic.open(commandsOf(subject)[0]![1]).body).toBe('out');
    }
  });

  it('CURVEZMQ26-HELLO-1 is 200 octets: version, padding, key, nonce, and 64 zeros in a box', () => {
    const { hello } = calling(new TwinServer());
    const body = Buffer.concat([Buffer.from('\x05HELLO'), hello]);
    expect(body).toHaveLength(200);
    expect(body.subarray(6, 8)).toEqual(Buffer.of(1, 0));
    expect(body.subarray(8, 80)).toEqual(Buffer.alloc(72));
  });

  it('CURVEZMQ26-HELLO-2 forgets the keys of a connection', () => {
    const server = new TwinServer();
    const { subject } = calling(server);
    subject.connection.receive(command('WELCOME', server.welcome()), 0);
    subject.connection.receive(command('READY', server.ready()), 0);
    subject.connection.send([Buffer.from('x')]);
    const shared = sodium.sharedKey(server.client, server.short.secretKey)!;
    subject.connection.send([Buffer.from('y')]);
    const memory = Buffer.from(sodium.heap.buffer);
    expect(memory.includes(shared)).toBe(true);
    subject.connection.close();
    expect(memory.includes(shared)).toBe(false);
  });

  it('CURVEZMQ26-NONCE-1 counts its nonces from 1, and goes on with them in messages', () => {
    const server = new TwinServer();
    const { subject, hello } = calling(server);
    const { nonce } = server.initiated(answerTo(subject, command('WELCOME', server.welcome())));
    subject.connection.receive(command('READY', server.ready()), 0);
    subject.connection.send([Buffer.from('a'), Buffer.from('b')]);
    const messages = commandsOf(subject).map(([, body]) => server.traffic.open(body).nonce);
    expect([hello.readBigUInt64BE(106), nonce, ...messages]).toEqual([1n, 2n, 3n, 4n]);
  });

  it('CURVEZMQ26-WELCOME-1 is 168 octets: a nonce, and the key and the cookie in a box', () => {
    const twin = new TwinClient(SERVER_KEYS.publicKey);
    const welcome = answerTo(greeted(), command('HELLO', twin.hello()));
    expect(Buffer.concat([Buffer.from('\x07WELCOME'), welcome])).toHaveLength(168);
    twin.welcomed(welcome);
    expect(twin.serverShort).toHaveLength(32);
  });

  it('CURVEZMQ26-INITIATE-1 returns the cookie and shows C, a vouch and the metadata in a box', () => {
    const server = new TwinServer();
    const { subject } = calling(server);
    const initiate = answerTo(subject, command('WELCOME', server.welcome()));
    const metadata = property('Socket-Type', 'PULL');
    expect(Buffer.concat([Buffer.from('\x08INITIATE'), initiate])).toHaveLength(257 + metadata.length);
    expect(server.initiated(initiate)).toMatchObject({
      cookie: server.cookie,
      client: CLIENT_KEYS.publicKey,
      vouched: Buffer.concat([server.client, server.long.publicKey]),
      metadata,
    });
  });

  it('CURVEZMQ26-READY-1 is a nonce and the metadata in a box', () => {
    const twin = new TwinClient(SERVER_KEYS.publicKey);
    const server = greeted();
    twin.welcomed(answerTo(server, command('HELLO', twin.hello())));
    const ready = answerTo(server, command('INITIATE', twin.initiate()));
    const metadata = property('Socket-Type', 'PULL');
    expect(Buffer.concat([Buffer.from('\x05READY'), ready])).toHaveLength(30 + metadata.length);
    expect(twin.ready(ready)).toEqual(metadata);
  });

  it('CURVEZMQ26-MESSAGE-2 has another nonce for each direction', () => {
    const twin = new TwinClient(SERVER_KEYS.publicKey);
    const server = greeted();
    twin.welcomed(answerTo(server, command('HELLO', twin.hello())));
    server.connection.receive(command('INITIATE', twin.initiate()), 0);
    server.connection.output.take();
    server.connection.send([Buffer.from('mine')]);
    const own = commandsOf(server)[0]![1];
    const again = Buffer.concat([own.subarray(0, 8), Buffer.alloc(7), Buffer.of(9), own.subarray(16)]);
    expect(() => server.connection.receive(Buffer.concat([Buffer.of(0, again.length), again]), 0)).toThrow(
      expect.objectContaining({ violation: 'box-closed' }),
    );
  });
});
