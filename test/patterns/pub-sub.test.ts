// PUB, SUB, XPUB and XSUB (RFC 29): who gets what, what the application of an XPUB is shown, and the options that bend it.

import { describe, expect, it } from 'vitest';
import { PubPattern } from '../../src/patterns/pub.js';
import { SubPattern } from '../../src/patterns/sub.js';
import { XpubPattern } from '../../src/patterns/xpub.js';
import { XsubPattern } from '../../src/patterns/xsub.js';
import { saying } from '../support/errors.js';
import { Bench, message, type Peer, TestOutlet } from '../support/pipes.js';

const topic = (text: string): Buffer => Buffer.from(text, 'latin1');

function subscribed<P extends XpubPattern>(bench: Bench<P>, ...topics: string[]): Peer {
  const peer = bench.peer();
  for (const text of topics) bench.pattern.subscription(peer.pipe, topic(text), true);
  return peer;
}

const cancel = (bench: Bench<XpubPattern>, { pipe }: Peer, text: string): void =>
  bench.pattern.subscription(pipe, topic(text), false);

describe('PUB', () => {
  it('sends once to each who subscribed to a prefix of the first frame', () => {
    const pub = new Bench(PubPattern);
    const [a, all, none] = [subscribed(pub, 'a', 'ab'), subscribed(pub, ''), subscribed(pub)];
    for (const line of ['abc|1', 'b|abc']) expect(pub.send(line)).toBe(true);
    expect([a.outlet.log, all.outlet.log, none.outlet.log]).toEqual([['abc|1'], ['abc|1', 'b|abc'], []]);
  });

  it('S4 counts repeated subscriptions', () => {
    const pub = new Bench(PubPattern);
    const peer = subscribed(pub, 't', 't');
    cancel(pub, peer, 't');
    pub.send('t');
    cancel(pub, peer, 't');
    pub.send('t');
    expect(peer.outlet.log).toEqual(['t']);
  });

  it('S8 drops what else a subscriber sends, and holds no input back', () => {
    const pub = new Bench(PubPattern, { receiveHighWaterMark: 1 });
    const { pipe } = pub.peer();
    expect([pipe.deliver(message('\x02x')), pipe.deliver(message(''))]).toEqual([true, true]);
    expect([pub.pattern.readable, pipe.readable]).toEqual([false, false]);
    expect(() => pub.receive()).toThrow(expect.objectContaining({ code: 'ENOTSUP' }));
  });

  it('X2 drops for a slow subscriber alone', () => {
    const pub = new Bench(PubPattern, { sendHighWaterMark: 2 });
    const [slow, quick] = [subscribed(pub, ''), subscribed(pub, '')];
    slow.pipe.outletBlocked();
    for (const line of ['1', '2', '3', '4']) pub.send(line);
    slow.pipe.outletReady();
    expect(quick.outlet.log).toEqual(['1', '2', '3', '4']);
    expect([slow.outlet.log, slow.pipe.dropped]).toEqual([['1', '2'], 2]);
  });

  it('with noDrop waits for the slow ones that the message is for', () => {
    const pub = new Bench(PubPattern, { sendHighWaterMark: 1, noDrop: true });
    const [slow, quick] = [subscribed(pub, 'a'), subscribed(pub, '')];
    slow.pipe.outletBlocked();
    expect([pub.send('a1'), pub.send('a2'), pub.send('b')]).toEqual([true, false, true]);
    expect(quick.outlet.log).toEqual(['a1', 'b']);
    slow.pipe.outletReady();
    expect(pub.send('a2')).toBe(true);
    expect(slow.outlet.log).toEqual(['a1', 'a2']);
  });

  it('with invertMatching sends to those whose topics do not match', () => {
    const pub = new Bench(PubPattern, { invertMatching: true });
    const [a, b] = [subscribed(pub, 'a'), subscribed(pub, 'b')];
    for (const line of ['a', 'c']) pub.send(line);
    expect([a.outlet.log, b.outlet.log]).toEqual([['c'], ['a', 'c']]);
  });

  it('forgets the topics of a peer that left', () => {
    const pub = new Bench(PubPattern);
    const peer = subscribed(pub, 't');
    pub.lose(peer.pipe);
    pub.send('t');
    expect([peer.outlet.log, peer.pipe.queuedOut]).toEqual([[], 0]);
  });
});

describe('XPUB', () => {
  it('shows the first subscription and the last cancellation of each topic', () => {
    const xpub = new Bench(XpubPattern);
    const [a, b] = [subscribed(xpub, 't'), subscribed(xpub, 't')];
    cancel(xpub, a, 't');
    cancel(xpub, b, 't');
    expect(xpub.receiveAll()).toEqual(['\x01t', '\x00t']);
  });

  it.each([
    ['allSubs', ['\x01t', '\x01t', '\x01t', '\x00t']],
    ['allSubsUnsubs', ['\x01t', '\x01t', '\x01t', '\x00t', '\x00t', '\x00t']],
  ] as const)('shows more with verbosity %s', (verbosity, shown) => {
    const xpub = new Bench(XpubPattern, { verbosity });
    const [a, b] = [subscribed(xpub, 't', 't'), subscribed(xpub, 't')];
    cancel(xpub, a, 't');
    cancel(xpub, a, 't');
    cancel(xpub, b, 't');
    expect(xpub.receiveAll().sort()).toEqual([...shown].sort());
  });

  it('S3 shows no cancellation of what nobody had', () => {
    const xpub = new Bench(XpubPattern, { verbosity: 'allSubsUnsubs' });
    cancel(xpub, xpub.peer(), 't');
    expect(xpub.receiveAll()).toEqual([]);
  });

  it('shows what a peer that left had alone as cancelled', () => {
    const xpub = new Bench(XpubPattern);
    const [a] = [subscribed(xpub, 'own', 'shared'), subscribed(xpub, 'shared')];
    xpub.receiveAll();
    xpub.lose(a.pipe);
    expect(xpub.receiveAll()).toEqual(['\x00own']);
  });

  it('receives other messages of its peers as they are', () => {
    const xpub = new Bench(XpubPattern);
    xpub.peer().pipe.deliver(message('\x02x|y'));
    expect(xpub.receiveAll()).toEqual(['\x02x|y']);
  });

  it('greets each new subscriber with the welcome message', () => {
    const xpub = new Bench(XpubPattern, { welcomeMessage: Buffer.from('welcome') });
    expect(xpub.peer().outlet.log).toEqual(['welcome']);
  });

  it('lets a peer that connects again state its topics anew', () => {
    const xpub = new Bench(XpubPattern);
    const { pipe } = subscribed(xpub, 'old');
    pipe.shut();
    const again = new TestOutlet();
    xpub.connect(pipe, again);
    xpub.pattern.subscription(pipe, topic('new'), true);
    for (const line of ['old', 'new']) xpub.send(line);
    expect(again.log).toEqual(['new']);
  });

  it('S5 ends a peer whose topics take too many bytes, and counts repeated ones once', () => {
    const xpub = new Bench(XpubPattern);
    const peer = xpub.peer();
    const large = Buffer.alloc(16 * 1024 * 1024, 'x');
    for (let i = 0; i < 8; i++) xpub.pattern.subscription(peer.pipe, large, true);
    for (const letter of ['a', 'b', 'c'])
      xpub.pattern.subscription(peer.pipe, Buffer.concat([topic(letter), large.subarray(1)]), true);
    expect(() => xpub.pattern.subscription(peer.pipe, topic('one more'), true)).toThrow(saying('67108864 bytes'));
  });
});

describe('XPUB with manual', () => {
  it('shows every subscription, and sends only by what the application decides', () => {
    const xpub = new Bench(XpubPattern, { manual: true });
    const [a, b] = [subscribed(xpub, 'asked'), subscribed(xpub, 'asked')];
    xpub.send('asked');
    expect([a.outlet.log, b.outlet.log]).toEqual([[], []]);
    expect(xpub.receive()).toBe('\x01asked');
    xpub.pattern.setManually(topic('given'), true);
    xpub.send('given');
    expect([a.outlet.take(), b.outlet.take()]).toEqual([['given'], []]);
    xpub.pattern.setManually(topic('given'), false);
    xpub.send('given');
    expect(a.outlet.take()).toEqual([]);
  });

  it('shows what a peer that left had asked for as cancelled', () => {
    const xpub = new Bench(XpubPattern, { manual: true });
    const { pipe } = subscribed(xpub, 'asked');
    xpub.receive();
    xpub.pattern.setManually(topic('given'), true);
    xpub.lose(pipe);
    expect(xpub.receiveAll()).toEqual(['\x00asked']);
  });

  it('gives nothing to a peer that has left', () => {
    const xpub = new Bench(XpubPattern, { manual: true });
    const { pipe } = subscribed(xpub, 'asked');
    xpub.lose(pipe);
    pipe.retire();
    xpub.receiveAll();
    xpub.pattern.setManually(topic('given'), true);
    xpub.send('given');
    expect(pipe.queuedOut).toBe(0);
  });
});

describe('XSUB and SUB', () => {
  it('say each topic once, and cancel it when the last asker leaves', () => {
    const sub = new Bench(SubPattern);
    const { outlet } = sub.peer();
    for (const add of [true, true, false, false]) sub.pattern.subscribe(topic('t'), add);
    sub.pattern.subscribe(topic('unknown'), false);
    expect(outlet.log).toEqual(['+t', '-t']);
  });

  it('S12 state to a new peer what counts now, in order', () => {
    const sub = new Bench(SubPattern);
    for (const [text, add] of [
      ['b', true],
      ['x', true],
      ['a', true],
      ['x', false],
    ] as const) {
      sub.pattern.subscribe(topic(text), add);
    }
    expect(sub.peer().outlet.log).toEqual(['+b', '+a']);
  });

  it('S11 SUB receives only what it subscribed to, and readable says so', () => {
    const sub = new Bench(SubPattern);
    const { pipe } = sub.peer();
    sub.pattern.subscribe(topic('t'), true);
    for (const line of ['x', 't1', 'y', 't2', 'z']) pipe.deliver(message(line));
    expect([sub.pattern.readable, sub.receive(), sub.receive()]).toEqual([true, 't1', 't2']);
    expect([sub.pattern.readable, sub.receive()]).toEqual([false, undefined]);
  });

  it('SUB with invertMatching receives the others', () => {
    const sub = new Bench(SubPattern, { invertMatching: true });
    const { pipe } = sub.peer();
    sub.pattern.subscribe(topic('t'), true);
    for (const line of ['t1', 'x']) pipe.deliver(message(line));
    expect(sub.receiveAll()).toEqual(['x']);
  });

  it('XSUB receives everything, subscribes by message, and sends the rest to all', () => {
    const xsub = new Bench(XsubPattern);
    const peers = [xsub.peer(), xsub.peer()];
    for (const line of ['\x01t', '\x01t', '\x00t', '\x02x', 'plain|parts', '']) expect(xsub.send(line)).toBe(true);
    for (const { outlet } of peers) expect(outlet.log).toEqual(['+t', '\x02x', 'plain|parts', '']);
    peers[0]!.pipe.deliver(message('anything'));
    expect(xsub.receiveAll()).toEqual(['anything']);
  });
});
