// REQ and REP (RFC 28): envelopes, replies that are none, requests that are none, and peers that leave in between.

import { describe, expect, it } from 'vitest';
import { RepPattern } from '../../src/patterns/rep.js';
import { ReqPattern } from '../../src/patterns/req.js';
import { Bench, message, TestOutlet } from '../support/pipes.js';

const EFSM = expect.objectContaining({ code: 'EFSM' });

describe('REQ', () => {
  it('sends to its peers in turn, and receives from the one it asked', () => {
    const req = new Bench(ReqPattern);
    const [a, b] = [req.peer(), req.peer()];
    for (const peer of [a, b, a]) {
      req.send('question');
      expect(peer.outlet.take()).toEqual(['|question']);
      peer.pipe.deliver(message('|answer|of parts'));
      expect(req.receive()).toBe('answer|of parts');
    }
  });

  it.each([
    ['without a delimiter', 'answer'],
    ['with a delimiter only', ''],
    ['with something before the delimiter', 'id||answer'],
  ])('R2 drops a reply %s, and waits on', (_name, reply) => {
    const req = new Bench(ReqPattern);
    const { pipe } = req.peer();
    req.send('question');
    pipe.deliver(message(reply));
    expect(req.receive()).toBeUndefined();
    pipe.deliver(message('|answer'));
    expect(req.receive()).toBe('answer');
  });

  it('R2 takes a reply whose body is one empty frame', () => {
    const req = new Bench(ReqPattern);
    const { pipe } = req.peer();
    req.send('question');
    pipe.deliver([Buffer.alloc(0), Buffer.alloc(0)]);
    expect(req.receive()).toBe('');
  });

  it('R2 drops a reply from another peer', () => {
    const req = new Bench(ReqPattern);
    const [asked, other] = [req.peer(), req.peer()];
    req.send('question');
    other.pipe.deliver(message('|false'));
    expect(req.pattern.readable).toBe(false);
    asked.pipe.deliver(message('|true'));
    expect(req.receive()).toBe('true');
  });

  it('R2 drops what came before the request, and what comes twice', () => {
    const req = new Bench(ReqPattern);
    const { pipe } = req.peer();
    pipe.deliver(message('|too early'));
    req.send('1');
    expect(req.receive()).toBeUndefined();
    pipe.deliver(message('|answer 1'));
    pipe.deliver(message('|answer 1 again'));
    expect(req.receive()).toBe('answer 1');
    req.send('2');
    expect(req.receive()).toBeUndefined();
    pipe.deliver(message('|answer 2'));
    expect(req.receive()).toBe('answer 2');
  });

  it('takes no reply of another peer once the one it asked is gone', () => {
    const req = new Bench(ReqPattern);
    const [asked, other] = [req.peer(), req.peer()];
    req.send('question');
    req.lose(asked.pipe);
    other.pipe.deliver(message('|false'));
    expect(req.receive()).toBeUndefined();
  });

  it('takes the reply that a peer left behind', () => {
    const req = new Bench(ReqPattern);
    const { pipe } = req.peer();
    req.send('question');
    pipe.deliver(message('|answer'));
    req.lose(pipe);
    expect([req.pattern.readable, req.receive()]).toEqual([true, 'answer']);
  });

  it('takes the reply that ended its peer when it was read', () => {
    const req = new Bench(ReqPattern, { receiveHighWaterMark: 1 });
    const { pipe, outlet } = req.peer();
    req.send('question');
    pipe.deliver(message('|answer'));
    outlet.onResume = () => req.lose(pipe);
    expect(req.receive()).toBe('answer');
  });

  it('stays ready to send when nobody takes the request', () => {
    const req = new Bench(ReqPattern);
    expect(req.send('to nobody')).toBe(false);
    expect(() => req.receive()).toThrow(EFSM);
    const { outlet } = req.peer();
    expect([req.send('to somebody'), outlet.log]).toEqual([true, ['|to somebody']]);
  });
});

describe('REQ with correlate', () => {
  /** Four octets, one of which may look like what stands between two frames. */
  const idIn = (outlet: TestOutlet): Buffer => Buffer.from(outlet.take()[0]!.slice(0, 4), 'latin1');
  const asked = (req: Bench<ReqPattern>, outlet: TestOutlet): Buffer => {
    req.send('question');
    return idIn(outlet);
  };

  it('numbers its requests, and takes only the reply with the number', () => {
    const req = new Bench(ReqPattern, { correlate: true });
    const { pipe, outlet } = req.peer();
    const id = asked(req, outlet);
    expect(id).toHaveLength(4);
    for (const wrong of ['|answer', 'none||answer', '\x00\x00\x00\x00||answer']) {
      pipe.deliver(message(wrong));
      expect(req.receive()).toBeUndefined();
    }
    pipe.deliver([id, Buffer.alloc(0), Buffer.from('answer')]);
    expect(req.receive()).toBe('answer');
    const next = asked(req, outlet);
    expect(next.readUInt32BE()).toBe((id.readUInt32BE() + 1) >>> 0);
  });

  it('and relaxed drops the reply to the request before', () => {
    const req = new Bench(ReqPattern, { correlate: true, relaxed: true });
    const { pipe, outlet } = req.peer();
    const [first, second] = [asked(req, outlet), asked(req, outlet)];
    pipe.deliver([first, Buffer.alloc(0), Buffer.from('old')]);
    expect(req.receive()).toBeUndefined();
    pipe.deliver([second, Buffer.alloc(0), Buffer.from('new')]);
    expect(req.receive()).toBe('new');
  });

  it('and relaxed still takes the reply when a new request found nobody', () => {
    const req = new Bench(ReqPattern, { correlate: true, relaxed: true, sendHighWaterMark: 1 });
    const { pipe, outlet } = req.peer();
    const id = asked(req, outlet);
    pipe.outletBlocked();
    req.send('fills the queue');
    pipe.deliver([id, Buffer.alloc(0), Buffer.from('outdated')]);
    expect(req.receive()).toBeUndefined();
    expect(req.send('nobody takes this')).toBe(false);
    pipe.outletReady();
    const last = idIn(outlet);
    pipe.deliver([last, Buffer.alloc(0), Buffer.from('answer')]);
    expect(req.receive()).toBe('answer');
  });
});

describe('REP', () => {
  it('sends the reply to who asked, with the addresses of the request in front', () => {
    const rep = new Bench(RepPattern);
    const [a, b] = [rep.peer(), rep.peer()];
    b.pipe.deliver(message('hop 1|hop 2||question'));
    expect(rep.receive()).toBe('question');
    rep.send('answer|of parts');
    expect([a.outlet.log, b.outlet.log]).toEqual([[], ['hop 1|hop 2||answer|of parts']]);
  });

  it.each([
    ['without a delimiter', 'question'],
    ['with a delimiter only', ''],
    ['with the delimiter in the last frame', 'address|'],
    ['of many frames without a delimiter', Array(300).fill('a').join('|')],
  ])('R1 drops a request %s, and serves the next', (_name, bad) => {
    const rep = new Bench(RepPattern);
    const [a, b] = [rep.peer(), rep.peer()];
    a.pipe.deliver(message(bad));
    expect([rep.pattern.readable, rep.receive()]).toEqual([false, undefined]);
    b.pipe.deliver(message('|question'));
    expect(rep.receive()).toBe('question');
    rep.send('answer');
    expect(b.outlet.log).toEqual(['|answer']);
  });

  it('R1 carries 300 addresses there and back, and an empty body', () => {
    const rep = new Bench(RepPattern);
    const { pipe, outlet } = rep.peer();
    const addresses = Array.from({ length: 300 }, (_, i) => `hop ${i}`).join('|');
    pipe.deliver(message(`${addresses}||`));
    expect(rep.receive()).toBe('');
    rep.send('answer');
    expect(outlet.log).toEqual([`${addresses}||answer`]);
  });

  it('R3 drops the reply when the asker is gone, and serves the next', () => {
    const rep = new Bench(RepPattern);
    const [a, b] = [rep.peer(), rep.peer()];
    a.pipe.deliver(message('|from a'));
    b.pipe.deliver(message('|from b'));
    expect(rep.receive()).toBe('from a');
    rep.lose(a.pipe);
    expect(rep.send('for a')).toBe(true);
    expect(rep.receive()).toBe('from b');
    rep.send('for b');
    expect([a.outlet.log, b.outlet.log]).toEqual([[], ['|for b']]);
  });

  it('R3 drops the reply when the asker was away in between, and sends it to nobody else', () => {
    const rep = new Bench(RepPattern);
    const { pipe } = rep.peer();
    pipe.deliver(message('|question'));
    rep.receive();
    pipe.shut();
    const again = new TestOutlet();
    rep.connect(pipe, again);
    expect(rep.send('answer')).toBe(true);
    expect(again.log).toEqual([]);
  });

  it('R3 drops the reply that a slow asker cannot take', () => {
    const rep = new Bench(RepPattern, { sendHighWaterMark: 1 });
    const { pipe } = rep.peer();
    pipe.outletBlocked();
    for (const line of ['1', '2']) {
      pipe.deliver(message(`|${line}`));
      rep.receive();
      expect(rep.send(line)).toBe(true);
    }
    expect([pipe.queuedOut, pipe.dropped]).toEqual([1, 1]);
  });

  it('takes requests of its peers in turn', () => {
    const rep = new Bench(RepPattern);
    const peers = [rep.peer(), rep.peer()];
    for (const [at, { pipe }] of peers.entries()) for (let i = 0; i < 2; i++) pipe.deliver(message(`|${at}:${i}`));
    const order: string[] = [];
    for (let i = 0; i < 4; i++) {
      order.push(rep.receive()!);
      rep.send('answer');
    }
    expect(order).toEqual(['0:0', '1:0', '0:1', '1:1']);
  });
});
