// RFC 37/ZMTP 3.1: what it changes in version, NULL handshake and metadata. One clause of spec-notes/rfc-37.md per
// title; what it repeats from RFC 23 is held by the tests of rfc-23-*.test.ts.
import { describe, expect, it } from 'vitest';
import { Dealer, Publisher, Pull, Push, Request, Router, Subscriber } from '../../src/index.js';
import { sent, started, verdict } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { RawPeer, RawServer } from '../support/raw-peer.js';
import { bound, open } from '../support/sockets.js';
import { command, error, greeting, message, property, ready } from '../support/wire.js';

describe('Version', () => {
  it('ZMTP37-VERSION-1 announces 3.1', () => {
    const opening = Buffer.concat(started().connection.output.take());
    expect(opening.subarray(10, 12)).toEqual(Buffer.from([3, 1]));
  });

  it('ZMTP37-VERSION-2 speaks 3.1 to peers of 3.1 and above, 3.0 to peers of 3.0', () => {
    for (const [major, minor, subscription] of [
      [3, 0, 'message \x01t'],
      [3, 1, 'SUBSCRIBE t'],
      [3, 9, 'SUBSCRIBE t'],
      [4, 0, 'SUBSCRIBE t'],
    ] as const) {
      const { connection } = started({ socketType: 'SUB' });
      connection.receive(Buffer.concat([greeting({ major, minor }), ready('PUB')]), 0);
      connection.output.take();
      connection.subscribe(Buffer.from('t'), true);
      expect(sent(connection)).toEqual([subscription]);
    }
  });
});

describe('NULL handshake', () => {
  it('ZMTP37-NULL-1 runs the same on the side that binds and on the side that connects', async () => {
    const server = await RawServer.listen();
    open(new Push()).connect(server.endpoint);
    const pull = open(new Pull());
    const [client, binder] = [await server.accept(), await RawPeer.connect(await bound(pull))];
    for (const [peer, type] of [
      [client, 'PULL'],
      [binder, 'PUSH'],
    ] as const) {
      expect((await peer.handshake(type)).has('Socket-Type')).toBe(true);
      await peer.sync();
    }
  });

  it('ZMTP37-NULL-2 sends READY from the connecting side without waiting for the READY of the other', async () => {
    const server = await RawServer.listen();
    open(new Push()).connect(server.endpoint);
    const peer = await server.accept();
    peer.write(greeting());
    await peer.bytes(64);
    expect((await peer.command()).name).toBe('READY');
  });

  it('ZMTP37-NULL-3 answers a valid READY on the binding side with READY', async () => {
    const peer = await RawPeer.connect(await bound(open(new Pull())));
    peer.write(greeting(), ready('PUSH'));
    await peer.bytes(64);
    expect((await peer.command()).name).toBe('READY');
    await peer.sync();
  });

  it('ZMTP37-NULL-4 closes on either side when the READY of the other fails validation', async () => {
    const server = await RawServer.listen();
    open(new Push()).connect(server.endpoint);
    const sides = [await server.accept(), await RawPeer.connect(await bound(open(new Pull())))];
    for (const peer of sides) {
      peer.write(greeting(), ready('NOBODY'));
      await peer.closed;
    }
  });

  it('ZMTP37-NULL-5 sends no message and no subscription before it has received READY', async () => {
    const [push, sub] = [open(new Push()), open(new Subscriber())];
    for (const socket of [push, sub]) {
      const server = await RawServer.listen();
      socket.connect(server.endpoint);
      const peer = await server.accept();
      peer.write(greeting());
      await peer.bytes(64);
      expect((await peer.command()).name).toBe('READY');
      if (socket === push) await push.send('too early');
      else sub.subscribe('too early');
      peer.write(error('never mind'));
      expect(await peer.closed).toEqual(Buffer.alloc(0));
    }
  });
});

describe('Metadata', () => {
  it('ZMTP37-IDENTITY-1 closes on an identity that begins with a zero octet', () => {
    for (const [own, peer] of [
      ['ROUTER', 'DEALER'],
      ['ROUTER', 'REQ'],
      ['DEALER', 'ROUTER'],
    ] as const) {
      for (const identity of [Buffer.of(0), Buffer.from([0, 1, 2, 3, 4])]) {
        const bytes = Buffer.concat([greeting(), ready(peer, property('Identity', identity))]);
        const result = verdict(started({ socketType: own }), [bytes]);
        expect(result).toMatchObject({ log: [], violation: 'routing-id', state: 'closed' });
      }
    }
  });

  it('ZMTP37-IDENTITY-2 refuses to announce an identity that begins with a zero octet', () => {
    for (const Type of [Request, Dealer, Router]) {
      const socket = open(new Type());
      const zero = Buffer.from([0, 1]) as unknown as string;
      expect(() => {
        socket.routingId = zero;
      }).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    }
  });

  it('ZMTP37-RESOURCE-1 accepts every Resource a peer asks for, as the one service at the endpoint', async () => {
    for (const resource of ['system/name-service/test', 'a', '$-_@.&+/x', '']) {
      const bytes = Buffer.concat([greeting(), ready('PUSH', property('Resource', resource)), message('m')]);
      eachDelivery(bytes, (chunks) => {
        expect(verdict(started(), chunks)).toMatchObject({ log: ['ready PUSH', 'message m'], state: 'traffic' });
      });
    }
  });

  it('ZMTP37-RESOURCE-2 sends no Resource of its own', async () => {
    for (const [socket, type] of [
      [open(new Push()), 'PULL'],
      [open(new Publisher()), 'SUB'],
    ] as const) {
      const server = await RawServer.listen();
      socket.connect(server.endpoint);
      const metadata = await (await server.accept()).handshake(type);
      expect([...metadata.keys()].map((name) => name.toLowerCase())).not.toContain('resource');
    }
  });

  it('ZMTP37-TYPE-1 accepts none of the types of RFC 41 to 52 as a peer of a stable socket type', () => {
    for (const type of ['CLIENT', 'SERVER', 'RADIO', 'DISH', 'SCATTER', 'GATHER', 'PEER', 'CHANNEL']) {
      for (const socketType of ['PULL', 'DEALER', 'ROUTER', 'PAIR', 'SUB'] as const) {
        const result = verdict(started({ socketType }), [Buffer.concat([greeting(), ready(type)])]);
        expect(result).toMatchObject({ log: [], violation: 'socket-type', state: 'closed' });
      }
    }
  });

  it('ZMTP37-COMMAND-1 ignores JOIN and LEAVE on sockets that have no groups', () => {
    for (const socketType of ['PULL', 'PUB', 'ROUTER'] as const) {
      const { connection, recorder } = started({ socketType });
      const peer = { PULL: 'PUSH', PUB: 'SUB', ROUTER: 'DEALER' }[socketType];
      connection.receive(Buffer.concat([greeting(), ready(peer), command('JOIN', 'g'), command('LEAVE', 'g')]), 0);
      expect([connection.state, recorder.log]).toEqual(['traffic', [`ready ${peer}`]]);
    }
  });
});
