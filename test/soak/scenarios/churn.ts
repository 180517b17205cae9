// Clients that come, send one message, and go: what their `ended` calls sent arrives, and nothing of them stays.

import type { Cast } from '../cast.js';
import type { Outcome } from '../judge.js';

export async function churn(cast: Cast): Promise<Outcome> {
  const pull = cast.start('PULL', 'pull');
  const { endpoints } = await pull.told();
  const churners = cast.start('PUSHes', 'churners', { endpoints, count: cast.options.churns });
  const clients = await churners.done();
  const sent = clients.values.sent as number;
  pull.stop({ sent });
  const server = await pull.done();
  const { received, twice, connects, disconnects, left } = server.values as Record<string, number>;
  const failures = [];
  if (twice! > 0) failures.push(`${twice} messages came twice`);
  if (connects !== disconnects || left !== 0) {
    failures.push(`${connects} connects, ${disconnects} disconnects, ${left} peers left`);
  }
  const notes = [
    `${connects} connects, ${disconnects} disconnects; clients dropped ${clients.values.dropped} of their messages, and said so`,
  ];
  return { performances: [server, clients], sent, received: received!, lost: sent - received!, failures, notes };
}
