// RFC 37/ZMTP 3.1: the SUBSCRIBE and CANCEL commands. One clause of spec-notes/rfc-37.md per title.
//
// Decoding is tried on a Connection without I/O, in every delivery; what sockets make of it, through the public API.
import { describe, expect, it } from 'vitest';
import { Publisher, Subscriber, XSubscriber } from '../../src/index.js';
import { inTraffic, type PeerSetup, verdict } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { RawPeer, RawServer } from '../support/raw-peer.js';
import { bound, nextEvent, open, receiveText } from '../support/sockets.js';
import { COMMAND, cancel, command, commandBody, frame, longFrame, MORE, message, subscribe } from '../support/wire.js';

function delivers(bytes: Buffer, log: string[], setup: PeerSetup): void {
  eachDelivery(bytes, (chunks) => {
    expect(verdict(inTraffic(setup), chunks)).toMatchObject({ log, violation: undefined, state: 'traffic' });
  });
}

async function publisherWith(...bytes: Buffer[]) {
  const pub = open(new Publisher());
  const peer = await RawPeer.join(await bound(pub), 'SUB');
  peer.write(...bytes);
  await peer.sync();
  return { pub, peer };
}

describe('SUBSCRIBE and CANCEL', () => {
  it('ZMTP37-PUBSUB-1 filters at the publisher what no SUBSCRIBE asked for', async () => {
    const { pub, peer } = await publisherWith(subscribe('yes'));
    for (const text of ['no', 'yes', 'ye', 'yes!']) await pub.send(text);
    expect([await peer.text(), await peer.text()]).toEqual([['yes'], ['yes!']]);
    expect(await peer.sync()).toEqual([]);
  });

  it('ZMTP37-PUBSUB-2 subscribes by the command SUBSCRIBE and the topic', async () => {
    for (const Type of [Subscriber, XSubscriber]) {
      const sub = open(new Type());
      const peer = await RawPeer.join(await bound(sub), 'PUB');
      const topic = Buffer.from('a topic');
      if (sub instanceof Subscriber) sub.subscribe(topic);
      else await sub.send(Buffer.concat([Buffer.of(1), topic]));
      expect(await peer.frame()).toEqual({ flags: COMMAND, body: Buffer.from('\x09SUBSCRIBEa topic') });
    }
  });

  it('ZMTP37-PUBSUB-3 cancels by the command CANCEL and the topic', async () => {
    for (const Type of [Subscriber, XSubscriber]) {
      const sub = open(new Type());
      const peer = await RawPeer.join(await bound(sub), 'PUB');
      if (sub instanceof Subscriber) {
        sub.subscribe('t');
        sub.unsubscribe('t');
      } else {
        await sub.send('\x01t');
        await sub.send('\x00t');
      }
      expect((await peer.command()).name).toBe('SUBSCRIBE');
      expect(await peer.frame()).toEqual({ flags: COMMAND, body: Buffer.from('\x06CANCELt') });
    }
  });

  it('ZMTP37-PUBSUB-4 reads SUBSCRIBE and CANCEL, short and long, with any octets as topic', () => {
    const topic = Buffer.from([0, 0xff, 0xc3, 0x28]);
    const long = Buffer.alloc(300, 'l');
    const bytes = Buffer.concat([
      subscribe(topic),
      longFrame(COMMAND, commandBody('SUBSCRIBE', '')),
      subscribe(long),
      cancel(topic),
      longFrame(COMMAND, commandBody('CANCEL', '')),
    ]);
    const log = [`+${topic.toString('latin1')}`, '+', `+${long}`, `-${topic.toString('latin1')}`, '-'];
    for (const socketType of ['PUB', 'XPUB'] as const) delivers(bytes, log, { socketType });
  });

  it('ZMTP37-PUBSUB-5 knows the commands by their exact names only', () => {
    const wrong = ['subscribe', 'Subscribe', 'SUBSCRIBES', 'SUBSCRIB', 'cancel', 'UNSUBSCRIBE'];
    delivers(Buffer.concat(wrong.map((name) => command(name, 't'))), [], { socketType: 'XPUB' });
  });

  it('ZMTP37-PUBSUB-6 matches a subscription with the messages that start with it, an empty one with all', async () => {
    const a = await publisherWith(subscribe('A'));
    for (const text of ['a', 'A', 'BA', 'AB']) await a.pub.send(text);
    expect([await a.peer.text(), await a.peer.text()]).toEqual([['A'], ['AB']]);
    const all = await publisherWith(subscribe(''));
    for (const text of ['', 'x']) await all.pub.send(text);
    expect([await all.peer.text(), await all.peer.text()]).toEqual([[''], ['x']]);
  });

  it('ZMTP37-PUBSUB-7 counts subscriptions: two of the same take two CANCELs', async () => {
    const { pub, peer } = await publisherWith(subscribe('A'), subscribe('A'), subscribe('end'), cancel('A'));
    await pub.send('A1');
    expect(await peer.text()).toEqual(['A1']);
    peer.write(cancel('A'));
    await peer.sync();
    await pub.send('A2');
    await pub.send('end');
    expect(await peer.text()).toEqual(['end']);
  });

  it('ZMTP37-PUBSUB-8 counts SUBSCRIBE commands and subscription messages together', async () => {
    const { pub, peer } = await publisherWith(subscribe('A'), message('\x01A'), message('\x00A'), subscribe('end'));
    await pub.send('A1');
    expect(await peer.text()).toEqual(['A1']);
    peer.write(cancel('A'));
    await peer.sync();
    await pub.send('A2');
    await pub.send('end');
    expect(await peer.text()).toEqual(['end']);
  });

  it('ZMTP37-PUBSUB-9 ignores a CANCEL of what was not subscribed to', async () => {
    const { pub, peer } = await publisherWith(cancel('A'), cancel(''), subscribe('A'));
    await pub.send('A1');
    expect(await peer.text()).toEqual(['A1']);
  });

  it('ZMTP37-PUBSUB-10 ignores SUBSCRIBE and CANCEL on sockets that publish nothing', () => {
    const bytes = Buffer.concat([subscribe('t'), message('m'), cancel('t')]);
    for (const socketType of ['PULL', 'ROUTER', 'DEALER', 'PAIR', 'REP', 'SUB', 'XSUB'] as const) {
      delivers(bytes, ['message m'], { socketType });
    }
  });

  it('ZMTP37-PUBSUB-11 closes on SUBSCRIBE with MORE, takes a message of several parts as no subscription', () => {
    eachDelivery(frame(COMMAND | MORE, commandBody('SUBSCRIBE', 't')), (chunks) => {
      expect(verdict(inTraffic({ socketType: 'PUB' }), chunks).violation).toBe('frame-flags');
    });
    delivers(message('\x01t', 'more'), ['message \x01t|more'], { socketType: 'XPUB' });
  });

  it('ZMTP37-PUBSUB-12 subscribes anew after a reconnect, to what was subscribed to then, once each and in order', async () => {
    const sub = open(new Subscriber({ reconnectInterval: 1 }));
    const server = await RawServer.listen();
    sub.connect(server.endpoint);
    sub.subscribe('a', 'b', 'b', 'c');
    const first = await server.join('PUB');
    await first.sync();
    const down = nextEvent(sub, 'disconnect');
    first.close();
    await down;
    sub.unsubscribe('a', 'b');
    sub.subscribe('d');
    const second = await server.join('PUB');
    for (const topic of ['b', 'c', 'd']) {
      expect(await second.command()).toEqual({ name: 'SUBSCRIBE', data: Buffer.from(topic) });
    }
    expect(await second.sync()).toEqual([]);
    second.write(message('b'));
    expect(await receiveText(sub)).toEqual(['b']);
  });

  it('ZMTP37-PUBSUB-13 forgets the subscriptions of a connection with the connection', async () => {
    const pub = open(new Publisher({ reconnectInterval: 1 }));
    const server = await RawServer.listen();
    pub.connect(server.endpoint);
    const first = await server.join('SUB');
    first.write(subscribe('old'), subscribe('both'));
    await first.sync();
    first.close();
    const second = await server.join('SUB');
    second.write(subscribe('both'), cancel('both'), subscribe('new'));
    await second.sync();
    for (const text of ['old', 'both', 'new']) await pub.send(text);
    expect(await second.text()).toEqual(['new']);
  });
});
