// ROUTER (RFC 28): who is behind which id, what becomes of unroutable messages, and ids that are taken twice.

import { describe, expect, it } from 'vitest';
import { RouterPattern } from '../../src/patterns/router.js';
import { Bench, message, TestOutlet } from '../support/pipes.js';

const bench = (options: object = {}): Bench<RouterPattern> => new Bench(RouterPattern, options);

describe('ROUTER', () => {
  it('puts the id in front of what it receives, and takes it off what it sends', () => {
    const router = bench();
    const [a, b] = [router.peer('a'), router.peer('b')];
    b.pipe.deliver(message('hello|world'));
    expect(router.receive()).toBe('b|hello|world');
    router.send('a|for a');
    expect([a.outlet.log, b.outlet.log]).toEqual([['for a'], []]);
  });

  it('gives a peer without an id one of five bytes that begins with 00', () => {
    const router = bench();
    const { pipe, outlet } = router.peer();
    pipe.deliver(message('hello'));
    const [id] = router.pattern.receive() as [Buffer];
    expect([id.length, id[0]]).toEqual([5, 0]);
    router.pattern.send([id, Buffer.from('back')]);
    expect(outlet.log).toEqual(['back']);
  });

  it('does not mind a program that writes into what it receives', () => {
    const router = bench({ mandatory: true });
    const { pipe } = router.peer('id');
    for (const line of ['1', '2']) {
      pipe.deliver(message(line));
      const [id] = router.pattern.receive() as [Buffer];
      expect(id.toString()).toBe('id');
      id.fill('x');
    }
    router.lose(pipe);
    expect(() => router.send('id|x')).toThrow(expect.objectContaining({ code: 'EHOSTUNREACH' }));
  });

  it('keeps the id it gave when the peer connects again', () => {
    const router = bench();
    const { pipe } = router.peer();
    const id = pipe.routingId;
    pipe.shut();
    router.connect(pipe, new TestOutlet());
    expect(pipe.routingId).toBe(id);
  });

  it.each(['unknown|x', '|x'])('R4 drops what it cannot route: %s', (line) => {
    const router = bench();
    const { outlet } = router.peer('a');
    expect(router.send(line)).toBe(true);
    expect(outlet.log).toEqual([]);
  });

  it('R4 sends nothing for an id without a message', () => {
    const router = bench({ mandatory: true });
    const { outlet } = router.peer('a');
    expect(router.send('a')).toBe(true);
    expect(outlet.log).toEqual([]);
  });

  it.each(['unknown|x', '|x'])('R4 mandatory refuses what it cannot route: %s', (line) => {
    const router = bench({ mandatory: true });
    router.peer('a');
    expect(() => router.send(line)).toThrow(expect.objectContaining({ code: 'EHOSTUNREACH' }));
  });

  it('drops an id alone, even where mandatory, as libzmq does', () => {
    const router = bench({ mandatory: true });
    router.peer('a');
    expect([router.send('unknown'), router.send('a')]).toEqual([true, true]);
  });

  it('drops for a full peer and counts it; mandatory waits', () => {
    const options = { mandatory: false, sendHighWaterMark: 1 };
    const router = bench(options);
    const { pipe } = router.peer('a');
    pipe.outletBlocked();
    expect([router.send('a|1'), router.send('a|2'), pipe.dropped]).toEqual([true, true, 1]);
    Object.assign(router.options, { mandatory: true });
    expect([router.send('a|3'), pipe.dropped, router.pattern.writable]).toEqual([false, 1, false]);
    router.peer('b');
    expect(router.pattern.writable).toBe(true);
  });

  it('is writable without peers, but not when mandatory', () => {
    expect([bench().pattern.writable, bench({ mandatory: true }).pattern.writable]).toEqual([true, false]);
  });

  it('greets with an empty message when it probes', () => {
    expect(bench({ probeRouter: true }).peer('a').outlet.log).toEqual(['']);
  });
});

describe('R5 a second peer with the same id', () => {
  it('is refused, and the first stays', () => {
    const router = bench();
    const first = router.peer('id');
    const pipe = router.pipe();
    router.pattern.attach(pipe);
    expect(router.connect(pipe, new TestOutlet(), 'id')).toBe(false);
    router.lose(pipe);
    router.send('id|for the first');
    expect(first.outlet.log).toEqual(['for the first']);
  });

  it.each([
    ['is refused', false],
    ['takes it back with handover', true],
  ])('whose id, given by connect, was taken over while it was away %s', (_what, takesBack) => {
    const router = bench({ handover: true });
    const dialled = router.pipe();
    Object.assign(dialled, { routingId: Buffer.from('a'), assignedId: true });
    router.pattern.attach(dialled);
    const taker = router.peer('a');
    router.options.handover = takesBack;
    const outlet = new TestOutlet();
    expect(router.connect(dialled, outlet)).toBe(takesBack);
    router.send('a|x');
    expect([outlet.log, taker.outlet.log]).toEqual(takesBack ? [['x'], ['disconnect']] : [[], ['x']]);
  });

  it('takes over with handover: the first is disconnected, and its end changes nothing', () => {
    const router = bench({ handover: true, sendHighWaterMark: 10 });
    const first = router.peer('id');
    first.pipe.outletBlocked();
    router.send('id|old');
    const second = router.peer('id');
    expect(first.outlet.log).toEqual(['disconnect']);
    router.lose(first.pipe);
    router.send('id|new');
    expect(second.outlet.log).toEqual(['new']);
    expect(first.outlet.log).toEqual(['disconnect']);
  });

  it('taking over leaves what the first has brought to be received', () => {
    const router = bench({ handover: true });
    const first = router.peer('id');
    first.pipe.deliver(message('brought'));
    router.peer('id');
    router.lose(first.pipe);
    expect(router.receive()).toBe('id|brought');
  });
});

describe('an id given by connect', () => {
  it('is known before the peer is there, and outranks the id of the peer', () => {
    const router = bench({ mandatory: true });
    const pipe = router.pipe();
    pipe.routingId = Buffer.from('given');
    pipe.assignedId = true;
    router.pattern.attach(pipe);
    expect(router.send('given|early')).toBe(true);
    const outlet = new TestOutlet();
    router.connect(pipe, outlet, 'own');
    router.send('given|late');
    expect(outlet.log).toEqual(['early', 'late']);
    expect(() => router.send('own|x')).toThrow(expect.objectContaining({ code: 'EHOSTUNREACH' }));
  });

  it('R7 is told apart from others byte by byte', () => {
    const router = bench({ mandatory: true });
    const id = Buffer.of(0xff, 0xfe, 0x00);
    const { outlet } = router.peer(id);
    router.pattern.send([Buffer.from(id), Buffer.from('x')]);
    expect(outlet.log).toEqual(['x']);
    expect(() => router.pattern.send([Buffer.of(0xff, 0xfd, 0), Buffer.from('x')])).toThrow();
  });
});
