// RFC 28/REQREP, the REP socket: one clause of spec-notes/rfc-28.md per title.
//
// Raw peers send envelopes that the library's own REQ and DEALER would never send.
import { describe, expect, it } from 'vitest';
import { Dealer, Reply, Request, type SocketOptions } from '../../src/index.js';
import { RawPeer } from '../support/raw-peer.js';
import { bound, inproc, nextEvent, open, receiveMany, receiveText } from '../support/sockets.js';
import { MORE, message } from '../support/wire.js';

async function boundReply(options: SocketOptions<Reply> = {}) {
  const rep = open(new Reply(options));
  return { rep, endpoint: await bound(rep) };
}

describe('REP', () => {
  it('REQREP28-REP-1 serves REQ and DEALER peers on one socket', async () => {
    const [rep, req, dealer] = [open(new Reply()), open(new Request()), open(new Dealer())];
    const endpoint = inproc();
    await rep.bind(endpoint);
    req.connect(endpoint);
    dealer.connect(endpoint);
    await req.send('from req');
    expect(await receiveText(rep)).toEqual(['from req']);
    await rep.send('to req');
    await dealer.send(['', 'from dealer']);
    expect(await receiveText(rep)).toEqual(['from dealer']);
    await rep.send('to dealer');
    expect(await receiveText(req)).toEqual(['to req']);
    expect(await receiveText(dealer)).toEqual(['', 'to dealer']);
  });

  it('REQREP28-REP-2 changes nothing in requests and replies', async () => {
    const { rep, endpoint } = await boundReply();
    const peer = await RawPeer.join(endpoint, 'REQ');
    const parts = [Buffer.from([0, 1, 2, 255]), Buffer.alloc(0), Buffer.alloc(300, 0x80), Buffer.alloc(0)];
    peer.write(message('', ...parts));
    expect(await rep.receive()).toEqual(parts);
    await rep.send([...parts].reverse());
    expect(await peer.message()).toEqual([Buffer.alloc(0), ...[...parts].reverse()]);
  });

  it('REQREP28-REP-3 refuses a reply before a request and a second receive before the reply', async () => {
    const { rep, endpoint } = await boundReply();
    rep.sendTimeout = 0;
    rep.receiveTimeout = 0;
    await expect(async () => rep.send('early')).rejects.toMatchObject({ code: 'EFSM' });
    const peer = await RawPeer.join(endpoint, 'REQ');
    peer.write(message('', 'one'), message('', 'two'));
    await peer.sync();
    expect(await receiveText(rep)).toEqual(['one']);
    await expect(async () => rep.receive()).rejects.toMatchObject({ code: 'EFSM' });
    await rep.send('reply one');
    await expect(async () => rep.send('again')).rejects.toMatchObject({ code: 'EFSM' });
    expect(await receiveText(rep)).toEqual(['two']);
  });

  it('REQREP28-REP-4 takes an address envelope of no frame, one frame and three hundred frames', async () => {
    const { rep, endpoint } = await boundReply();
    const peer = await RawPeer.join(endpoint, 'DEALER');
    for (const hops of [0, 1, 300]) {
      const envelope = Array.from({ length: hops }, (_, i) => `hop ${i}`);
      peer.write(message(...envelope, '', 'request'));
      expect(await receiveText(rep)).toEqual(['request']);
      await rep.send('reply');
      expect(await peer.text()).toEqual([...envelope, '', 'reply']);
    }
  });

  it('REQREP28-REP-5 drops a request without delimiter and serves the next', async () => {
    const { rep, endpoint } = await boundReply();
    const peer = await RawPeer.join(endpoint, 'DEALER');
    peer.write(message('no delimiter'), message('still', 'none'), message('', 'good'));
    expect(await receiveText(rep)).toEqual(['good']);
    await rep.send('reply');
    expect(await peer.text()).toEqual(['', 'reply']);
  });

  it('REQREP28-REP-6 drops a request without data frames, delivers one whose data is empty', async () => {
    const { rep, endpoint } = await boundReply();
    const peer = await RawPeer.join(endpoint, 'DEALER');
    peer.write(message(''), message('address', ''), message('', ''));
    expect(await receiveText(rep)).toEqual(['']);
    await rep.send('reply');
    expect(await peer.text()).toEqual(['', 'reply']);
  });

  it('REQREP28-REP-7 receives from its peers in turn', async () => {
    const { rep, endpoint } = await boundReply();
    const peers = [];
    for (const name of ['a', 'b', 'c']) {
      const peer = await RawPeer.join(endpoint, 'DEALER');
      peer.write(message('', name), message('', name), message('', name));
      await peer.sync();
      peers.push(peer);
    }
    const order: string[] = [];
    for (let i = 0; i < 9; i++) {
      order.push(...(await receiveText(rep)));
      await rep.send('next');
    }
    for (let round = 0; round < 9; round += 3) expect(order.slice(round, round + 3).sort()).toEqual(['a', 'b', 'c']);
  });

  it('REQREP28-REP-8 hides the envelope from the application and gives it back byte for byte', async () => {
    const { rep, endpoint } = await boundReply();
    const peer = await RawPeer.join(endpoint, 'DEALER');
    const hops = [Buffer.from([0, 255, 7]), Buffer.alloc(256, 1)];
    peer.write(message(...hops, '', 'request'));
    expect(await receiveText(rep)).toEqual(['request']);
    await rep.send(['', 'reply']);
    expect(await peer.message()).toEqual([...hops, Buffer.alloc(0), Buffer.alloc(0), Buffer.from('reply')]);
  });

  it('REQREP28-REP-9 passes every frame behind the first delimiter to the application', async () => {
    const { rep, endpoint } = await boundReply();
    const peer = await RawPeer.join(endpoint, 'DEALER');
    peer.write(message('hop', '', 'a', '', 'b', ''));
    expect(await receiveText(rep)).toEqual(['a', '', 'b', '']);
  });

  it('REQREP28-REP-10 sends nothing before the application replies, and then one message', async () => {
    const { rep, endpoint } = await boundReply();
    const peer = await RawPeer.join(endpoint, 'REQ');
    peer.write(message('', 'request'));
    expect(await receiveText(rep)).toEqual(['request']);
    expect(await peer.sync()).toEqual([]);
    await rep.send('reply');
    expect(await peer.text()).toEqual(['', 'reply']);
    expect(await peer.sync()).toEqual([]);
  });

  it('REQREP28-REP-11 puts the envelope and the delimiter before the reply, each frame but the last with MORE', async () => {
    const { rep, endpoint } = await boundReply();
    const peer = await RawPeer.join(endpoint, 'DEALER');
    peer.write(message('hop', '', 'request'));
    await rep.receive();
    await rep.send(['x', 'y']);
    const frames = [];
    for (let i = 0; i < 4; i++) frames.push(await peer.frame());
    expect(frames.map(({ flags, body }) => [flags, String(body)])).toEqual([
      [MORE, 'hop'],
      [MORE, ''],
      [MORE, 'x'],
      [0, 'y'],
    ]);
  });

  it('REQREP28-REP-12 sends the reply to the peer that asked and to nobody else', async () => {
    const { rep, endpoint } = await boundReply();
    const asking = await RawPeer.join(endpoint, 'REQ');
    const silent = await RawPeer.join(endpoint, 'REQ');
    asking.write(message('', 'request'));
    await rep.receive();
    await rep.send('reply');
    expect(await asking.text()).toEqual(['', 'reply']);
    expect(await silent.sync()).toEqual([]);
  });

  it('REQREP28-REP-13 drops the reply when the peer that asked is gone, and serves the next', async () => {
    const { rep, endpoint } = await boundReply();
    const leaving = await RawPeer.join(endpoint, 'REQ');
    leaving.write(message('', 'request'));
    expect(await receiveText(rep)).toEqual(['request']);
    const gone = nextEvent(rep, 'disconnect');
    leaving.close();
    await gone;
    await rep.send('to nobody');
    const next = await RawPeer.join(endpoint, 'REQ');
    next.write(message('', 'request 2'));
    expect(await receiveText(rep)).toEqual(['request 2']);
    await rep.send('reply 2');
    expect(await next.text()).toEqual(['', 'reply 2']);
  });

  it('REQREP28-REP-14 does not wait for a peer that does not read its replies', async () => {
    const { rep, endpoint } = await boundReply({ sendHighWaterMark: 1 });
    const peer = await RawPeer.join(endpoint, 'DEALER');
    peer.pause();
    const reply = Buffer.alloc(256 * 1024);
    for (let i = 0; i < 100; i++) {
      peer.write(message('', `${i}`));
      expect(await receiveMany(rep, 1)).toEqual([`${i}`]);
      await rep.send(reply);
    }
  });
});
