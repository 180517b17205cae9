/**
 * Every legal pair of socket types, either side bound, over tcp and ipc, against both flavours of libzmq: each shape a
 * message can have arrives with exactly the frames it was sent with, and so does the answer where the types have one.
 */
import { it } from 'vitest';
import { describeFlavours } from '../support/peers/flavours.js';
import { exchange, legalPairs, routerOptions } from './exchange.js';
import { links, linkTitle, withRig } from './rig.js';

const shapes = [
  ['a single frame', ['hello']],
  ['many frames', ['one', 'two', 'three', 'four', 'five']],
  ['an empty frame alone', ['']],
  ['a leading empty frame', ['', 'two', 'three']],
  ['a middle empty frame', ['one', '', 'three']],
  ['a trailing empty frame', ['one', 'two', '']],
] as const;

describeFlavours((flavour, peer) => {
  for (const link of links(legalPairs)) {
    it.each(shapes)(`${linkTitle(flavour, link)}: %s`, (_, frames) =>
      withRig(peer, async (rig) => {
        const [ours, theirs] = await rig.join(
          link,
          routerOptions(link.ours, link.theirs, 'ours'),
          routerOptions(link.theirs, link.ours, 'theirs'),
        );
        await exchange(ours, theirs, frames);
      }));
  }
});
