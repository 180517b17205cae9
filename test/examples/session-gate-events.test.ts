/**
 * Gates, run as users run them: followed, extended, killed and started again, and those who follow them find them.
 */

import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Session } from '../../src/index.js';
import { until, within } from '../support/peers/deadline.js';
import {
  client,
  crash,
  folder,
  follow,
  gate,
  keepHouse,
  lines,
  NOBODY,
  printed,
  run,
  sessionOf,
  start,
} from './gates.js';

keepHouse();

describe('events', () => {
  test('go to every follower of their topic, numbered', async () => {
    const { pid } = await gate('alpha');
    const all = start('follow', 'alpha', '--events', '3');
    const news = start('follow', 'alpha', '--events', '1', '--topic', 'news/');
    await Promise.all([printed(all, 'connected to pid'), printed(news, 'connected to pid')]);
    const asking = client('alpha');
    await asking.ask('publish', 'weather/oslo', 'snow');
    await asking.ask('set', 'mode', 'dark');
    await asking.ask('publish', 'news/oslo', 'Ski!');
    const [everything, some] = await within(Promise.all([all.ended, news.ended]), 'the end of both');
    const { endpoints } = await sessionOf('alpha');
    const connected = new RegExp(`^alpha: connected to pid ${pid}, since \\S+Z, at ${endpoints.events}, state {}$`);
    expect(lines(everything.output)).toEqual([
      expect.stringMatching(connected),
      'alpha: event 1 weather/oslo {"text":"snow"}',
      'alpha: event 2 state/mode {"key":"mode","value":"dark"}',
      'alpha: event 3 news/oslo {"text":"Ski!"}',
    ]);
    expect(lines(some.output)).toEqual([expect.stringMatching(connected), 'alpha: event 3 news/oslo {"text":"Ski!"}']);
    expect([everything.code, some.code]).toEqual([0, 0]);
  });

  test('a follower may be there first; it learns the state, and that the gate ends', async () => {
    const follower = start('follow', 'alpha', '--events', '2');
    await printed(follower, 'alpha: is not there yet; waiting');
    await gate('alpha', '--transport', 'tcp');
    await client('alpha').ask('set', 'mode', 'dark');
    await printed(follower, 'alpha: connected to pid');
    const second = start('follow', 'alpha', '--events', '1');
    await printed(second, 'state {"mode":"dark"}');
    await client('alpha').ask('stop');
    const { output } = await within(second.ended, 'the end of a follower');
    expect(lines(output).at(-1)).toBe('alpha: event 2 gate/stopping {}');
  });

  test("an extension counts another process' events, and publishes the counts", async () => {
    const extension = start('extension', 'counter', '--of', 'alpha');
    await printed(extension, 'counter: waiting for alpha');
    const first = await gate('alpha');
    await printed(extension, `counter: counts the events of alpha, pid ${first.pid}`);
    const { seen, connected } = follow('counter', 'count/');
    await until(() => connected.length > 0, 'a welcome');
    const asking = client('alpha');
    for (const topic of ['news', 'weather', 'news']) await asking.ask('publish', topic, '');
    await until(() => seen.length === 3, 'three counts');
    expect(seen.map(({ topic, data }) => [topic, data.count])).toEqual([
      ['count/news', 1],
      ['count/weather', 1],
      ['count/news', 2],
    ]);
    const counts = { news: 2, weather: 1 };
    expect(await client('counter').ask('status')).toMatchObject({ of: 'alpha', connected: first.pid, counts });

    await crash(first);
    const counting = client('counter');
    await until(async () => ((await counting.ask('status')) as { connected: unknown }).connected === null, 'the loss');
    const second = await gate('alpha', '--transport', 'tcp');
    await printed(extension, `counter: counts the events of alpha, pid ${second.pid}`);
    await client('alpha').ask('publish', 'news', '');
    await until(() => seen.length === 4, 'a fourth count');
    expect(seen[3]).toMatchObject({ topic: 'count/news', data: { of: 'alpha', topic: 'news', count: 3 } });
    await counting.ask('stop');
    expect(await within(extension.ended, 'the end of the extension')).toMatchObject({ code: 0 });
  });
});

describe('after a crash', () => {
  /** Somebody who has got the ports that a gate had. */
  async function squat(endpoints: Session['endpoints']): Promise<void> {
    for (const endpoint of Object.values(endpoints).filter((text) => text.startsWith('tcp:'))) {
      const sockets = new Set<Socket>();
      const server = createServer((socket) => sockets.add(socket.on('error', () => {})));
      onTestFinished(() => {
        for (const socket of sockets) socket.destroy();
        server.close();
      });
      server.listen(Number(new URL(endpoint).port), '127.0.0.1');
      await within(once(server, 'listening'), 'a port that was let go');
    }
  }

  test.each([
    ['ipc', 'ipc'],
    ['tcp', 'tcp'],
    ['ipc', 'tcp'],
    ['tcp', 'ipc'],
  ])('over %s, and a restart over %s, clients and followers go on', async (before, after) => {
    const first = await gate('alpha', '--transport', before);
    const follower = start('follow', 'alpha');
    await printed(follower, `alpha: connected to pid ${first.pid}`);
    const asking = client('alpha');
    await asking.ask('set', 'mode', 'dark');
    await printed(follower, 'event 1 state/mode {"key":"mode","value":"dark"}');
    const old = (await sessionOf('alpha')).endpoints;

    await crash(first);
    await squat(old);
    expect(await run('gates', 'list')).toMatchObject({ output: 'no gate is alive here\n' });
    expect(await run('client', 'alpha', 'ping')).toMatchObject(NOBODY);
    expect(await run('gates', 'clean')).toMatchObject({ code: 0, output: 'alpha: removed, process gone\n' });
    expect(await run('gates', 'clean')).toMatchObject({ code: 0, output: 'nothing to clean\n' });
    await printed(follower, `alpha: lost at ${old.events}; waiting`);
    await expect(asking.ask('ping')).rejects.toThrow(/^no gate alpha runs in /);

    const second = await gate('alpha', '--transport', after);
    const { endpoints } = await sessionOf('alpha');
    const connected = await printed(follower, `alpha: connected to pid ${second.pid}`);
    expect(lines(connected).at(-1)).toMatch(new RegExp(`, at ${endpoints.events}, state {}$`));
    await expect(asking.ask('get', 'mode')).rejects.toThrow('nothing is kept under "mode"');
    await asking.ask('set', 'mode', 'light');
    await printed(follower, 'event 1 state/mode {"key":"mode","value":"light"}');
  });

  test('the next gate of that name needs no cleaning', async () => {
    await crash(await gate('alpha'));
    const { pid } = await gate('alpha');
    expect((await sessionOf('alpha')).pid).toBe(pid);
    expect(await run('gates', 'clean')).toMatchObject({ output: 'nothing to clean\n' });
  });

  test.each([
    ['half a session', '{ "name": "alpha", "pid": '],
    ['an empty one', ''],
  ])("%s is no gate, is cleaned, and is in nobody's way", async (_, text) => {
    const path = join(folder, 'alpha.zmtp.json');
    mkdirSync(folder);
    writeFileSync(path, text);
    expect(await run('gates', 'list')).toMatchObject({ code: 0, output: 'no gate is alive here\n' });
    expect(await run('client', 'alpha', 'ping')).toMatchObject(NOBODY);
    expect(await run('gates', 'clean')).toMatchObject({ code: 0, output: 'alpha: removed, half-written\n' });
    writeFileSync(path, text);
    const { pid } = await gate('alpha');
    expect((await sessionOf('alpha')).pid).toBe(pid);
  });

  test('a file that is whole and no session is left alone', async () => {
    const path = join(folder, 'alpha.zmtp.json');
    mkdirSync(folder);
    writeFileSync(path, '{ "mine": true }');
    expect(await run('gates', 'clean')).toMatchObject({ output: 'nothing to clean\n' });
    const { code, output } = await run('gate', 'alpha');
    expect([code, output]).toEqual([3, expect.stringMatching(/is no session file, and is not touched/)]);
    expect(readFileSync(path, 'utf8')).toBe('{ "mine": true }');
  });
});
