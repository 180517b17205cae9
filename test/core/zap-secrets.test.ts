// What a ZAP handler is asked holds passwords: it is for the handler alone.

import { channel } from 'node:diagnostics_channel';
import { expect, it, onTestFinished } from 'vitest';
import type { MessageDiagnostics } from '../../src/index.js';
import { settle } from '../support/virtual-clock.js';
import { World } from '../support/world.js';
import { bindHandler, bindServer, dial, MECHANISMS, reply } from '../support/zap.js';

const [, PLAIN] = MECHANISMS;

function published(name: string): string[] {
  const messages: string[] = [];
  const listener = (told: unknown): void => void messages.push((told as MessageDiagnostics).message.join('|'));
  channel(name).subscribe(listener);
  onTestFinished(() => void channel(name).unsubscribe(listener));
  return messages;
}

it.each([
  'REP',
  'ROUTER',
] as const)('L7 no diagnostics channel shows what a %s is asked, nor that it was', async (type) => {
  const world = new World();
  const handler = await bindHandler(world, type, () => reply('200'));
  const server = await bindServer(world, PLAIN);
  const told = ['sent', 'received', 'dropped'].map((name) => published(`zmtp:message:${name}`));
  const client = dial(world, PLAIN);
  await client.send('hello');
  await world.clock.advance(0);
  expect(handler.requests).toHaveLength(1);
  expect(handler.requests[0]).toContain('hunter2');
  expect((await server.receive()).at(-1)?.toString()).toBe('hello');
  expect(told).toEqual([['hello'], ['hello'], []]);
});

it('L7 no diagnostics channel shows a question that nobody reads', async () => {
  const world = new World();
  const silent = await bindHandler(world, 'REP', () => new Promise<null>(() => {}));
  await bindServer(world, PLAIN);
  const told = ['sent', 'received', 'dropped'].map((name) => published(`zmtp:message:${name}`));
  for (let i = 0; i < 3; i++) dial(world, PLAIN);
  await world.clock.advance(0);
  silent.socket.close();
  await settle();
  await world.clock.advance(0);
  expect(told).toEqual([[], [], []]);
});
