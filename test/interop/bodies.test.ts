/**
 * Bodies of every size at which something changes on the wire or in a buffer: the short and long length forms, libzmq's
 * 8 KiB batches, the 64 KiB reads of Node, bodies far larger than any buffer. Contents are compared by hash.
 */
import { it } from 'vitest';
import { Body, expectFrames, type Frame } from '../support/peers/body.js';
import type { SocketType } from '../support/peers/end.js';
import { describeFlavours } from '../support/peers/flavours.js';
import { exchange } from './exchange.js';
import { links, linkTitle, withRig } from './rig.js';

const KiB = 1024;
const MiB = 1024 * KiB;
const sizes = [0, 1, 254, 255, 256, 257, 8191, 8192, 8193, 65535, 65536, MiB, 20 * MiB];
const bodies = sizes.map((size) => new Body(size));
const oneWay: [SocketType, SocketType][] = [
  ['PUSH', 'PULL'],
  ['PULL', 'PUSH'],
];

const mixtures: [what: string, frames: Frame[]][] = [
  ['every size up to 64 KiB in one message', bodies.filter(({ size }) => size <= 65536)],
  ['the same in the opposite order', bodies.filter(({ size }) => size <= 65536).reverse()],
  ['empty frames around a body of 1 MiB', ['', new Body(MiB), '', 'end', '']],
  ['two bodies of 5 MiB and a short one between', [new Body(5 * MiB), 'between', new Body(5 * MiB, 'other')]],
  ['1,000 frames', Array.from({ length: 1000 }, (_, index) => `frame ${index}`)],
];

describeFlavours((flavour, peer) => {
  for (const link of links(oneWay)) {
    it.each(bodies)(`${linkTitle(flavour, link)}: a body of $size octets`, (body) =>
      withRig(peer, async (rig) => {
        const [ours, theirs] = await rig.join(link);
        await exchange(ours, theirs, [body]);
      }));

    it.each(mixtures)(`${linkTitle(flavour, link)}: %s`, (_, frames) =>
      withRig(peer, async (rig) => {
        const [ours, theirs] = await rig.join(link);
        await exchange(ours, theirs, frames);
      }));
  }

  for (const link of links([
    ['DEALER', 'DEALER'],
    ['PAIR', 'PAIR'],
  ])) {
    it(`${linkTitle(flavour, link)}: 20 MiB both ways at once`, () =>
      withRig(peer, async (rig) => {
        const [ours, theirs] = await rig.join(link);
        const [sent, answered] = [new Body(20 * MiB, 'there'), new Body(20 * MiB, 'back')];
        await Promise.all([ours.send([sent]), theirs.send([answered])]);
        const [received, answer] = await Promise.all([theirs.receive(), ours.receive()]);
        expectFrames(received, [sent]);
        expectFrames(answer, [answered]);
      }));
  }
});
