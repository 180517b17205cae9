/**
 * `request` against libzmq's REP and ROUTER: servers that drop requests, answer late, are killed and started again.
 */
import { expect, it, onTestFinished } from 'vitest';
import { Dealer, Request } from '../../src/index.js';
import { smallFrame } from '../support/peers/body.js';
import { describeFlavours } from '../support/peers/flavours.js';
import type { PeerSocket } from '../support/peers/peer.js';
import { withRig } from './rig.js';

type Client = Request | Dealer;

function connected(type: typeof Request | typeof Dealer, endpoint: string): Client {
  const client = new type({ linger: 0, reconnectInterval: 20 });
  onTestFinished(() => client.close());
  client.connect(endpoint);
  return client;
}

/** What the server got, envelope and all. */
async function taken(server: PeerSocket): Promise<Buffer[]> {
  return (await server.receive()).map(smallFrame);
}

describeFlavours((flavour, peer) => {
  for (const type of [Request, Dealer]) {
    const title = `our ${type === Request ? 'REQ' : 'DEALER'} – ${flavour.name}`;

    it(`${title} REP: many requests, each with its reply`, () =>
      withRig(peer, async (rig) => {
        const rep = await rig.theirs('REP');
        const client = connected(type, await rep.bind('tcp://127.0.0.1:*'));
        const replies = ['a', 'b', 'c'].map((text) => client.request(text, { timeout: 10_000 }));
        for (let i = 0; i < 3; i++) await rep.send([`re: ${String((await taken(rep)).at(-1))}`]);
        expect((await Promise.all(replies)).map(String)).toEqual(['re: a', 're: b', 're: c']);
      }));

    it(`${title} ROUTER: dropped requests are sent again, late replies answer nothing else`, () =>
      withRig(peer, async (rig) => {
        const router = await rig.theirs('ROUTER');
        const client = connected(type, await router.bind('tcp://127.0.0.1:*'));
        const reply = client.request('question', { timeout: 300, retries: 50 });
        const late = await taken(router);
        const again = await taken(router);
        expect([late, again].map((request) => String(request.at(-1)))).toEqual(['question', 'question']);
        await router.send([...late.slice(0, -1), Buffer.from('late')]);
        await router.send([...again.slice(0, -1), Buffer.from('late, too, perhaps')]);
        const answering = (async () => {
          for (;;) {
            const request = await taken(router);
            await router.send([...request.slice(0, -1), Buffer.from('answer')]);
          }
        })().catch(() => {});
        expect(['answer', 'late, too, perhaps', ...(type === Dealer ? ['late'] : [])]).toContain(String(await reply));
        expect(String(await client.request('next', { timeout: 300, retries: 50 }))).toBe('answer');
        void answering;
      }));

    it(`${title} REP: killed with a request in hand, and started again`, () =>
      withRig(peer, async (rig) => {
        const endpoint = await rig.stableEndpoint('tcp');
        const first = await rig.startPeer(flavour);
        const rep = await first.socket('REP');
        await rep.bind(endpoint);
        const client = connected(type, endpoint);
        const reply = client.request('question', { timeout: 500, retries: 60 });
        await taken(rep);
        await first.kill();
        const second = await rig.startPeer(flavour);
        const next = await second.socket('REP');
        await next.bind(endpoint);
        const request = await taken(next);
        await next.send([`re: ${String(request.at(-1))}`]);
        const answering = (async () => {
          for (;;) await next.send([`re: ${String((await taken(next)).at(-1))}`]);
        })().catch(() => {});
        expect(String(await reply)).toBe('re: question');
        void answering;
      }));
  }
});
