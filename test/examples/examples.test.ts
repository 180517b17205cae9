/**
 * Every small example ends by itself, with exit code 0, and prints what its header promises; nothing else.
 */

import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { Workplace } from './run.js';

const workplace = new Workplace();
afterAll(() => workplace.remove());

const PROMISED: Record<string, string[]> = {
  'req-rep': [
    'Ada asked; the answer was: Hello, Ada!',
    'Grace asked; the answer was: Hello, Grace!',
    'Barbara asked; the answer was: Hello, Barbara!',
  ],
  'pub-sub': ["The publisher has a subscriber to 'weather/'.", 'weather/oslo: -3', 'weather/rome: 21'],
  'last-value-cache/main': [
    'early: weather/oslo -3',
    'early: weather/rome 21',
    'early: weather/oslo -5',
    'early: weather/oslo -7',
    'late: weather/oslo -5',
    'late: weather/oslo -7',
  ],
  'router-dealer': ['alice received: 2 BLUE, 1 GREEN, 0 RED', 'bob received: 2 THREE, 1 TWO, 0 ONE'],
};

test.each(Object.entries(PROMISED))('%s prints what it promises', async (name, lines) => {
  const { code, output } = await workplace.run(`examples/${name}.ts`);
  expect(output.trimEnd().split('\n')).toEqual(lines);
  expect(code).toBe(0);
  expect(workplace.leftovers()).toEqual([]);
});

test('http-server answers a program that knows nothing of ZeroMQ, and a request that comes in pieces', async () => {
  const server = workplace.start('examples/http-server.ts');
  const [address] = /^http:\S+/.exec(await server.printed('\n')) as RegExpExecArray;
  const [answer] = (await once(http.get(`${address}/hello`), 'response')) as [http.IncomingMessage];
  let page = '';
  for await (const chunk of answer) page += chunk;
  expect([answer.statusCode, page]).toEqual([200, 'You asked to GET /hello.\n']);
  const slow = net.connect(Number(new URL(address).port), '127.0.0.1');
  slow.write('PUT /slow HTTP/1.0\r');
  await new Promise((resolve) => setTimeout(resolve, 20));
  slow.write('\n\r\n');
  let text = '';
  for await (const chunk of slow) text += chunk;
  expect(text).toMatch(/^HTTP\/1\.0 200 OK\r\n[\s\S]*\r\n\r\nYou asked to PUT \/slow\.\n$/);
  server.kill('SIGKILL');
  await server.ended;
});

test('push-pull prints the right sum, and every task was done by one of three workers', async () => {
  const { code, output } = await workplace.run('examples/push-pull.ts');
  const tasks = output
    .match(/^Tasks of each worker: (\d+), (\d+), (\d+)\.$/m)
    ?.slice(1)
    .map(Number);
  expect(output).toMatch(/^The sum of the squares of 1 to 1000 is 333833500\.$/m);
  expect(tasks?.reduce((sum, count) => sum + count)).toBe(1000);
  expect(Math.min(...tasks!)).toBeGreaterThan(0);
  expect(code).toBe(0);
});

test('broker has each question answered once, by one of its workers', async () => {
  const { code, output } = await workplace.run('examples/broker.ts');
  const answers = output.trimEnd().split('\n');
  expect(answers).toHaveLength(4);
  answers.forEach((answer, index) => {
    expect(answer).toMatch(new RegExp(`^question ${index + 1} was answered by (Ann|Ben)$`));
  });
  expect(code).toBe(0);
});
