// Slow, silent and malicious peers beside good ones: the good ones lose nothing that their pattern promises.

import type { Cast } from '../cast.js';
import type { Outcome } from '../judge.js';

export async function hostile(cast: Cast): Promise<Outcome> {
  const service = cast.start('service', 'service');
  const { endpoints } = await service.told();
  const hostiles = cast.start('hostile peers', 'hostiles', { endpoints });
  await hostiles.told();
  const good = cast.start('good peers', 'good', { endpoints, seconds: cast.options.seconds });
  const theirs = await good.done();
  hostiles.stop();
  const enemies = await hostiles.done();
  const { asked, answered, pushed, heard, expected, p99 } = theirs.values as Record<string, number>;
  service.stop({ pushed });
  const server = await service.done();
  const { pulled, left, violations } = server.values as { pulled: number; left: number; violations: object };
  const failures = [];
  if (left !== 0) failures.push(`${left} peers are still there`);
  if (answered === 0 || heard === 0) failures.push('the good peers did not get through');
  return {
    performances: [server, theirs],
    sent: asked! + pushed!,
    received: answered! + pulled,
    lost: asked! - answered! + pushed! - pulled,
    failures,
    notes: [
      `REQ: ${answered} of ${asked} requests answered, p99 ${p99?.toFixed(1)} ms; PUSH: ${pulled} of ${pushed} arrived`,
      `SUB, to which nothing is promised: ${heard} of ${expected}`,
      `${enemies.values.kinds} kinds of hostile peers, ${enemies.values.connections} connections, ${enemies.values.bytes} bytes; ended for ${JSON.stringify(violations)}`,
    ],
  };
}
