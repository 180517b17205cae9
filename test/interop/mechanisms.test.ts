/**
 * Who is let in by whom: PLAIN and CURVE with somebody who answers for ZAP on the server's side, names and keys that are wrong or
 * missing, user ids; and every pair of mechanisms that do not match.
 */
import { expect, it } from 'vitest';
import { until } from '../support/peers/deadline.js';
import type { EndOptions } from '../support/peers/end.js';
import { describeFlavours } from '../support/peers/flavours.js';
import { exchange, legalPairs, routerOptions } from './exchange.js';
import * as zmq from './ours.js';
import { binders, links, linkTitle, type Rig, transports, withRig } from './rig.js';
import {
  ALLOWED,
  answerZap,
  curveClient,
  curveServer,
  curveStranger,
  optionsOf,
  plainClient,
  plainServer,
  type Side,
  sides,
} from './secure.js';

const MECHANISMS = [
  ['PLAIN', plainServer, plainClient],
  ['CURVE', curveServer, curveClient],
] as const;

const OUTSIDERS: [what: string, server: EndOptions, client: EndOptions][] = [
  ['PLAIN with the wrong password', plainServer, { ...plainClient, plainPassword: 'another' }],
  ['PLAIN with a name that nobody knows', plainServer, { ...plainClient, plainUsername: 'jim' }],
  ['PLAIN without a password', plainServer, { plainUsername: 'joe' }],
  ['CURVE with a key that nobody knows', curveServer, curveStranger],
];

const MISMATCHES: [what: string, server: EndOptions, client: EndOptions][] = [
  ['NULL at a server of PLAIN', plainServer, {}],
  ['NULL at a server of CURVE', curveServer, {}],
  ['PLAIN at a server of NULL', {}, plainClient],
  ['PLAIN at a server of CURVE', curveServer, plainClient],
  ['CURVE at a server of NULL', {}, curveClient],
  ['CURVE at a server of PLAIN', plainServer, curveClient],
  ['PLAIN at a client of PLAIN', plainClient, plainClient],
  ['CURVE at a client of CURVE', curveClient, curveClient],
];

describeFlavours((flavour, peer) => {
  /** Somebody answers, on the side of the server. */
  async function guarded(rig: Rig, side: Side): Promise<void> {
    if (side === 'we are the server') await answerZap(rig);
    else await (await rig.sharedPeer()).call('zap', { allow: ALLOWED });
  }

  for (const [name, server, client] of MECHANISMS) {
    for (const link of links(legalPairs).filter(({ transport }) => name === 'PLAIN' || transport === 'tcp')) {
      // Of two libzmqs, too: a REQ that has its ZAP handler asked drops the replies it waits for.
      const able = sides.filter((side) => side === 'we are the server' || link.theirs !== 'REQ');
      it.each(able)(`${linkTitle(flavour, link)}, ${name}, %s: lets in whom ZAP knows`, (side) =>
        withRig(peer, async (rig) => {
          await guarded(rig, side);
          const [own, their] = optionsOf(side, server, client);
          const [ours, theirs] = await rig.join(
            link,
            { ...own, ...routerOptions(link.ours, link.theirs, 'ours') },
            { ...their, ...routerOptions(link.theirs, link.ours, 'theirs') },
          );
          await exchange(ours, theirs, ['one', '', 'three']);
        }));
    }
  }

  for (const transport of transports) {
    for (const binder of binders) {
      for (const [what, server, client] of OUTSIDERS) {
        it.each(sides)(`${flavour.name}, ${binder}, ${transport}, %s: keeps out ${what}, and serves the next`, (side) =>
          withRig(peer, async (rig) => {
            await guarded(rig, side);
            const [own, their] = optionsOf(side, server, client);
            const link = { ours: 'DEALER', theirs: 'DEALER', binder, transport } as const;
            const ours = rig.ours(link.ours, { ...own, reconnectInterval: 20 });
            const theirs = await rig.theirs(link.theirs, { ...their, reconnectInterval: 20 });
            const endpoint = await rig.attach(link, ours, theirs);
            await ours.lost();
            expect(ours.count('handshake')).toBe(0);
            if ((side === 'we are the server') !== (binder === 'we bind')) return;
            const good = server === plainServer ? plainClient : curveClient;
            const bound = binder === 'we bind' ? ours : theirs;
            const newcomer = binder === 'we bind' ? await rig.theirs('DEALER', good) : rig.ours('DEALER', good);
            await newcomer.connect(endpoint);
            await newcomer.send(['fine']);
            expect(String((await bound.receive())[0])).toBe('fine');
          }));
      }

      for (const [what, server, client] of MISMATCHES) {
        it.each(sides)(`${flavour.name}, ${binder}, ${transport}, %s: turns away ${what}`, (side) =>
          withRig(peer, async (rig) => {
            const [own, their] = optionsOf(side, server, client);
            const again = { reconnectInterval: 20, handshakeInterval: 400 };
            const link = { ours: 'DEALER', theirs: 'DEALER', binder, transport } as const;
            const [ours] = await rig.join(link, { ...own, ...again }, { ...their, ...again });
            await ours.lost();
            expect(ours.count('handshake')).toBe(0);
          }));
      }
    }

    it.each(
      MECHANISMS,
    )(`${flavour.name}, ${transport}, %s: we see the user id that our ZAP gave`, (name, server, client) =>
      withRig(peer, async (rig) => {
        await answerZap(rig);
        const pull = new zmq.Pull({ ...server, linger: 0 });
        rig.defer(() => pull.close());
        await pull.bind(rig.endpoint(transport));
        const theirs = await rig.theirs('PUSH', client);
        await theirs.connect(pull.lastEndpoint!);
        await until(() => pull.peers.length === 1, 'a peer');
        expect(pull.peers[0]!.userId).toBe(name === 'PLAIN' ? 'joe the plain' : 'joe the sealed');
      }));

    // zeromq.js shows no properties of a message.
    if (!flavour.name.includes('python')) continue;
    it.each(
      MECHANISMS,
    )(`${flavour.name}, ${transport}, %s: they see the user id that their ZAP gave us`, (name, server, client) =>
      withRig(peer, async (rig) => {
        await (await rig.sharedPeer()).call('zap', { allow: ALLOWED });
        const theirs = await rig.theirs('PULL', server);
        const ours = rig.ours('PUSH', client);
        await rig.attach({ binder: 'they bind', transport }, ours, theirs);
        await ours.send(['who am I?']);
        expect(await theirs.receiveProperty('User-Id')).toBe(name === 'PLAIN' ? 'joe the plain' : 'joe the sealed');
      }));
  }
});
