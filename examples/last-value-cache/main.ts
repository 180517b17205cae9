/**
 * Last-value cache: whoever subscribes late still learns the present state, and only then what changes.
 *
 *   npx tsx examples/last-value-cache/main.ts
 */

import { Subscriber } from '../../src/index.js'; // In a program of yours: from 'zmtp'.
import { LastValueCache } from './cache.js';

const cache = new LastValueCache();
const endpoint = await cache.start();

// Nobody is there yet; a plain publisher's messages would be gone.
await cache.publish('weather/oslo', '-3');
await cache.publish('weather/rome', '21');
await cache.publish('traffic/oslo', 'dense');

const early = follow('early', 'weather/', 4);
await cache.subscribed('weather/oslo');
await cache.publish('weather/oslo', '-5');

// Learns of the -5, not of the -3 before it; and the early one is not told anything twice.
const late = follow('late', 'weather/oslo', 2);
await late.first;
await cache.publish('weather/oslo', '-7');

for (const line of [...(await early.all), ...(await late.all)]) console.log(line);
cache.stop();

/** Receives `count` values of a topic. */
function follow(name: string, topic: string, count: number) {
  const subscriber = new Subscriber();
  subscriber.subscribe(topic);
  subscriber.connect(endpoint);
  const next = async (): Promise<string> => `${name}: ${(await subscriber.receive()).join(' ')}`;
  const first = next();
  const all = first.then(async (line) => {
    const lines = [line];
    while (lines.length < count) lines.push(await next());
    subscriber.close();
    return lines;
  });
  return { first, all };
}
