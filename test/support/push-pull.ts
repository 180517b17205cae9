// A PUSH and a PULL in the two states that waiting is about: one takes what the other sends, or takes nothing more.

import { Pull, Push } from '../../src/index.js';
import { World } from './world.js';

/** A PUSH whose peer is a PULL; time may pass. */
export async function joined(world = new World()): Promise<{ world: World; push: Push; pull: Pull }> {
  const push = world.open(Push, { handshakeInterval: 0 });
  const pull = world.open(Pull, { handshakeInterval: 0 });
  await world.join(push, pull);
  return { world, push, pull };
}

/** A PUSH whose only peer takes nothing more. */
export async function full(
  options: object = {},
): Promise<{ world: World; push: Push; arrived: () => string[]; flow: () => void }> {
  const world = new World();
  world.network.wire.capacity = 1;
  const push = world.open(Push, { sendHighWaterMark: 1, ...options });
  await push.bind('mem://a');
  const peer = await world.peer('a', 'PULL');
  peer.stream.other.stall();
  await push.send('in the stream');
  await world.clock.advance(0);
  await push.send('in the queue');
  return { world, push, arrived: () => peer.messages(), flow: () => peer.stream.other.flow() };
}
