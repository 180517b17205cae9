// RFC 28/REQREP, the REQ socket: one clause of spec-notes/rfc-28.md per title.
//
// Peers that have to misbehave, or whose bytes are the point, are raw TCP sockets; the others are the library's own.
import { describe, expect, it } from 'vitest';
import { Reply, Request, Router } from '../../src/index.js';
import { type RawPeer, RawServer } from '../support/raw-peer.js';
import { inproc, open, receiveText } from '../support/sockets.js';
import { MORE, message } from '../support/wire.js';

/** A REQ connected to this many raw peers that say they are REP, in order, all past the handshake. */
async function requestWithRawReplies(count: number) {
  const req = open(new Request());
  const peers = [];
  for (let i = 0; i < count; i++) {
    const server = await RawServer.listen();
    req.connect(server.endpoint);
    peers.push(await server.join('REP'));
  }
  return { req, peers };
}

/** Answers every request of this peer with its name, until the connection ends. */
function answer(peer: RawPeer, name: string): void {
  const next = (): Promise<void> =>
    peer.message().then(() => {
      peer.write(message('', name));
      return next();
    });
  next().catch(() => {});
}

describe('REQ', () => {
  it('REQREP28-REQ-1 talks to REP and ROUTER peers on one socket', async () => {
    const [rep, router, req] = [open(new Reply()), open(new Router()), open(new Request())];
    const [a, b] = [inproc(), inproc()];
    await rep.bind(a);
    await router.bind(b);
    req.connect(a);
    req.connect(b);
    await req.send('one');
    expect(await receiveText(rep)).toEqual(['one']);
    await rep.send('from rep');
    expect(await receiveText(req)).toEqual(['from rep']);
    await req.send('two');
    const [id, delimiter, body] = await router.receive();
    expect(String(body)).toBe('two');
    await router.send([id!, delimiter!, 'from router']);
    expect(await receiveText(req)).toEqual(['from router']);
  });

  it('REQREP28-REQ-2 refuses a receive before the request and a second request before the reply', async () => {
    const [req, rep] = [open(new Request({ sendTimeout: 0, receiveTimeout: 0 })), open(new Reply())];
    const endpoint = inproc();
    await rep.bind(endpoint);
    req.connect(endpoint);
    await expect(async () => req.receive()).rejects.toMatchObject({ code: 'EFSM' });
    await req.send('first');
    await expect(async () => req.send('second')).rejects.toMatchObject({ code: 'EFSM' });
    expect(await receiveText(rep)).toEqual(['first']);
    req.receiveTimeout = -1;
    await rep.send('reply');
    expect(await receiveText(req)).toEqual(['reply']);
    await expect(async () => req.receive()).rejects.toMatchObject({ code: 'EFSM' });
    await req.send('second');
    expect(await receiveText(rep)).toEqual(['second']);
  });

  it('REQREP28-REQ-3 puts an empty delimiter frame before the data frames', async () => {
    const { req, peers } = await requestWithRawReplies(1);
    await req.send(['a', '', 'b']);
    const frames = [];
    for (let i = 0; i < 4; i++) frames.push(await peers[0]!.frame());
    expect(frames.map(({ flags, body }) => [flags, String(body)])).toEqual([
      [MORE, ''],
      [MORE, 'a'],
      [MORE, ''],
      [0, 'b'],
    ]);
  });

  it('REQREP28-REQ-4 strips the delimiter and delivers every data frame of the reply', async () => {
    const { req, peers } = await requestWithRawReplies(1);
    await req.send('question');
    await peers[0]!.message();
    peers[0]!.write(message('', 'x', '', 'y'));
    expect(await receiveText(req)).toEqual(['x', '', 'y']);
  });

  it('REQREP28-REQ-5 discards a reply without delimiter or without data and takes the next one', async () => {
    const { req, peers } = await requestWithRawReplies(1);
    await req.send('question');
    await peers[0]!.message();
    const malformed = [message('no delimiter'), message('late', '', 'delimiter'), message('')];
    peers[0]!.write(...malformed, message('', 'reply'));
    expect(await receiveText(req)).toEqual(['reply']);
  });

  it('REQREP28-REQ-6 sends requests to its peers in turn', async () => {
    const { req, peers } = await requestWithRawReplies(3);
    peers.forEach((peer, n) => {
      answer(peer, `peer ${n}`);
    });
    const order: string[] = [];
    for (let i = 0; i < 6; i++) {
      await req.send('who?');
      order.push(...(await receiveText(req)));
    }
    expect([...order.slice(0, 3)].sort()).toEqual(['peer 0', 'peer 1', 'peer 2']);
    expect(order.slice(3)).toEqual(order.slice(0, 3));
  });

  it('REQREP28-REQ-7 waits for a peer, or rejects with EAGAIN when it may not wait', async () => {
    const [req, rep] = [open(new Request({ sendTimeout: 0 })), open(new Reply())];
    await expect(async () => req.send('nobody')).rejects.toMatchObject({ code: 'EAGAIN' });
    req.sendTimeout = -1;
    const sent = req.send('somebody');
    const endpoint = inproc();
    await rep.bind(endpoint);
    req.connect(endpoint);
    await sent;
    expect(await receiveText(rep)).toEqual(['somebody']);
  });

  it('REQREP28-REQ-8 keeps a request until the peer it was queued for is there', async () => {
    const req = open(new Request());
    const server = await RawServer.listen();
    req.connect(server.endpoint);
    await req.send('patient');
    const peer = await server.join('REP');
    expect(await peer.text()).toEqual(['', 'patient']);
  });

  it('REQREP28-REQ-9 takes the reply only from the peer that got the request', async () => {
    const { req, peers } = await requestWithRawReplies(2);
    const [asked, other] = peers as [RawPeer, RawPeer];
    await req.send('question');
    await asked.message();
    other.write(message('', 'not yours'));
    await other.sync();
    asked.write(message('', 'answer'));
    expect(await receiveText(req)).toEqual(['answer']);
  });

  it('REQREP28-REQ-10 discards messages of other peers without an error', async () => {
    const { req, peers } = await requestWithRawReplies(2);
    const [asked, other] = peers as [RawPeer, RawPeer];
    other.write(message('', 'before'), message('no envelope'));
    await other.sync();
    await req.send('first');
    await asked.message();
    asked.write(message('', 'one'));
    expect(await receiveText(req)).toEqual(['one']);
    await req.send('second');
    await other.message();
    other.write(message('', 'two'));
    expect(await receiveText(req)).toEqual(['two']);
  });

  it('REQREP28-REQ-10 discards a late reply of the same peer before the next request', async () => {
    const { req, peers } = await requestWithRawReplies(1);
    const [peer] = peers as [RawPeer];
    await req.send('first');
    await peer.message();
    peer.write(message('', 'one'), message('', 'one again'));
    expect(await receiveText(req)).toEqual(['one']);
    await peer.sync();
    await req.send('second');
    await peer.message();
    peer.write(message('', 'two'));
    expect(await receiveText(req)).toEqual(['two']);
  });
});
