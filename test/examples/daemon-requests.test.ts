/**
 * What the daemon is told, by requests and on the command line: no input ends it or goes without an answer, ids are plain
 * words, and nobody commands it without its token. The requests are raw ones, as no client of its own would send them.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../../examples/daemon/api.js';
import { readOptions } from '../../examples/daemon/options.js';
import { MESSAGE_MAX, NAME, REQUEST_MAX } from '../../examples/daemon/protocol.js';
import { Store } from '../../examples/daemon/store.js';
import { findSession, Request, type Session } from '../../src/index.js';
import { within } from '../support/peers/deadline.js';
import { DAEMON, daemon, endAll, folder, newHome, removeAll, started, stopped, workplace } from './daemons.js';

afterEach(async () => expect(await endAll()).toEqual([]));
afterAll(removeAll);

const BAD_IDS = [
  ...['', '.', '..', 'a..b', '-a', '.a', 'a/b', 'a\\b', 'a b', 'a\tb', 'a\nb', 'a\r', 'a\0b', 'ä', 'a'.repeat(65)],
  ...'a;b $(a) $a `a` a|b a&b a>b a<b a"b a\'b a* a? ~a !a #a %a% {a} [a]'.split(' '),
];

describe('requests', () => {
  let home = '';
  let session: Session;

  // By tcp, where anybody may connect.
  beforeAll(async () => {
    home = join(folder, 'requests'); // Not of a test: it outlives the first one.
    const { pid, endpoint } = await started(home, '--transport', 'tcp');
    expect(endpoint).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    session = (await findSession(home, NAME)) as Session;
    expect(session).toMatchObject({ pid, endpoints: { requests: endpoint } });
    expect(session.properties).toEqual({ apiVersion: '1', token: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });
  afterEach(async () => expect(await ask({ method: 'health' })).toEqual({ status: 'ok', apiVersion: 1 }));
  afterAll(async () => {
    try {
      await stopped(home, { pid: session.pid, endpoint: '' });
    } finally {
      await endAll([home]);
    }
  });

  /** Frames as they are, and the JSON text that comes back. */
  async function raw(...frames: (string | Buffer)[]): Promise<Record<string, unknown>> {
    const socket = new Request({ linger: 0, receiveTimeout: 10_000 });
    try {
      socket.connect(session.endpoints.requests as string);
      await socket.send(frames);
      const [reply] = await socket.receive();
      return JSON.parse(String(reply));
    } finally {
      socket.close();
    }
  }

  function ask(request: unknown): Promise<Record<string, unknown>> {
    return raw(session.properties.token as string, JSON.stringify(request));
  }

  function refusal(code: string): unknown {
    return { error: { code, message: expect.any(String) } };
  }

  test('status counts', async () => {
    const before = await ask({ method: 'status' });
    expect(before).toEqual({
      pid: session.pid,
      uptime: expect.any(Number),
      requests: expect.any(Number),
      items: 0,
      endpoint: session.endpoints.requests,
      apiVersion: 1,
    });
    expect(await ask({ method: 'status' })).toMatchObject({ requests: (before.requests as number) + 1 });
  });

  test('without the token nothing is done, and nothing is counted', async () => {
    const stop = JSON.stringify({ method: 'stop' });
    const { requests } = await ask({ method: 'status' });
    const token = session.properties.token as string;
    const wrong = ['', 'x', token.slice(1), token.toUpperCase(), `${token} `, '0'.repeat(64)];
    for (const guess of wrong) expect(await raw(guess, stop)).toEqual(refusal('BAD_TOKEN'));
    expect(await raw(stop)).toEqual(refusal('BAD_TOKEN'));
    expect(await raw('')).toEqual(refusal('BAD_TOKEN'));
    expect(await ask({ method: 'status' })).toMatchObject({ requests: (requests as number) + 1 });
  });

  test('an id with anything but letters, digits, "-", "_" and "." is refused by the service', async () => {
    for (const id of [...BAD_IDS, undefined, null, 1, true, ['a'], { a: 1 }]) {
      for (const method of ['item.put', 'item.get', 'item.remove']) {
        expect([id, await ask({ method, params: { id, value: '' } })]).toEqual([id, refusal('BAD_ID')]);
      }
    }
    expect(await ask({ method: 'item.list' })).toEqual({ ids: [] });
  });

  test.each([
    ['no text', 'BAD_REQUEST', ''],
    ['no JSON', 'BAD_REQUEST', '{ "method": "health"'],
    ['no UTF-8', 'BAD_REQUEST', Buffer.from('7b22ff227d', 'hex')],
    ['a number', 'BAD_REQUEST', '1'],
    ['null', 'BAD_REQUEST', 'null'],
    ['an array', 'BAD_REQUEST', '["health"]'],
    ['arrays in arrays', 'BAD_REQUEST', '['.repeat(REQUEST_MAX)],
    ['no method', 'BAD_REQUEST', '{}'],
    ['a method that is no string', 'BAD_REQUEST', '{ "method": { "toString": 1 } }'],
    ['an unknown method', 'UNKNOWN_METHOD', '{ "method": "constructor" }'],
    ['params that are a list', 'BAD_PARAMS', '{ "method": "item.list", "params": [] }'],
    ['params that are null', 'BAD_PARAMS', '{ "method": "item.list", "params": null }'],
    ['a value that is a number', 'BAD_PARAMS', '{ "method": "item.put", "params": { "id": "a", "value": 1 } }'],
    ['no value', 'BAD_PARAMS', '{ "method": "item.put", "params": { "id": "a" } }'],
    ['no params', 'BAD_ID', '{ "method": "item.get" }'],
    ['an item that is not there', 'NOT_FOUND', '{ "method": "item.get", "params": { "id": "constructor" } }'],
    ['one byte too many', 'TOO_LARGE', 'x'.repeat(REQUEST_MAX + 1)],
  ])('%s is answered with %s', async (_, code, body) => {
    expect(await raw(session.properties.token as string, body)).toEqual(refusal(code));
  });

  test('frames too few and too many are refused', async () => {
    const token = session.properties.token as string;
    expect(await raw(token)).toEqual(refusal('BAD_REQUEST'));
    expect(await raw(token, '{ "method": "health" }', '')).toEqual(refusal('BAD_REQUEST'));
  });

  test('a flood costs its sender the connection, and nobody else anything', async () => {
    const socket = new Request({ linger: 0, reconnectInterval: -1 });
    const lost = new Promise((resolve) => socket.events.on('disconnect', resolve));
    socket.connect(session.endpoints.requests as string);
    await socket.send([session.properties.token as string, Buffer.alloc(MESSAGE_MAX, 'x')]);
    await within(lost, 'the end of the connection');
    socket.close();
  });

  test('what is as large as allowed is kept as it is', async () => {
    const request = (value: string) => ({ method: 'item.put', params: { id: 'large', value } });
    const value = 'x'.repeat(REQUEST_MAX - JSON.stringify(request('')).length);
    expect(await ask(request(value))).toEqual({ id: 'large', created: true });
    expect(await ask(request(value))).toEqual({ id: 'large', created: false });
    expect(await ask({ method: 'item.get', params: { id: 'large' } })).toEqual({ id: 'large', value });
    expect(await ask({ method: 'item.remove', params: { id: 'large' } })).toEqual({ id: 'large', removed: true });
  });
});

test('there is room for 500 items, and a reply that lists them', () => {
  const home = join(folder, 'full');
  mkdirSync(home);
  const api = new Api('', new Store(home));
  const ask = (method: string, id: string) => {
    const text = JSON.stringify({ method, params: { id, value: '' } });
    return JSON.parse(api.answer([Buffer.alloc(0), Buffer.from(text)]));
  };
  for (let n = 1; n <= 500; n++) expect(ask('item.put', `${n}`)).toEqual({ id: `${n}`, created: true });
  expect(ask('item.put', '501')).toMatchObject({ error: { code: 'FULL' } });
  expect(ask('item.put', '500')).toEqual({ id: '500', created: false });
  expect(ask('item.list', '').ids).toHaveLength(500);
});

describe('the command line', () => {
  test('--help explains', async () => {
    const { code, output } = await workplace.run(DAEMON, ['--help']);
    expect([code, output]).toEqual([0, expect.stringMatching(/^Usage: npx tsx examples\/daemon\/main\.ts COMMAND/)]);
  });

  test('a bad id is refused before anything is done', async () => {
    const bad = BAD_IDS.filter((id) => !id.startsWith('-')); // That would be an option.
    for (const id of bad) {
      for (const words of [
        ['item.put', id, 'x'],
        ['item.get', id],
        ['item.remove', id],
      ]) {
        expect(() => readOptions(['request', ...words])).toThrow(expect.objectContaining({ exit: 2, code: 'BAD_ID' }));
      }
    }
    const { code, said } = await daemon(newHome(), 'request', 'item.put', '$(reboot)', 'x');
    expect([code, said.error.code]).toEqual([2, 'BAD_ID']);
    expect(said.error.message).toMatch(/^an id has 1 to 64 letters, digits, .*; got "\$\(reboot\)"$/);
  });

  test.each([
    [[], 'a command is one of start, run, stop, status, health, request'],
    [['restart'], "a command is one of start, run, stop, status, health, request, not 'restart'"],
    [['start', 'now'], "'now' is one word too many"],
    [['start', '--fast'], "Unknown option '--fast'"],
    [['start', '--home', ''], '--home takes a folder'],
    [['start', '--transport', 'udp'], "--transport takes one of ipc, tcp, ipc-or-tcp, not 'udp'"],
    [['stop', '--timeout', '1e9'], "--timeout takes a whole number of milliseconds from 1 to 3600000, not '1e9'"],
    [['stop', '--timeout', '0'], '--timeout takes a whole number'],
    [['request'], 'request takes a method, one of item.put'],
    [['request', 'stop'], 'request takes a method, one of item.put'],
    [['request', 'item.put', 'a'], 'item.put takes ID VALUE'],
    [['request', 'item.list', 'a'], 'item.list takes nothing more'],
  ])('%j is refused', (args, message) => {
    expect(() => readOptions(args)).toThrow(
      expect.objectContaining({ exit: 2, message: expect.stringContaining(message) }),
    );
  });

  test('a refusal has exit code 2, and a hint', async () => {
    const { code, output } = await workplace.run(DAEMON, ['restart']);
    expect([code, output]).toEqual([
      2,
      expect.stringMatching(/^a command is one of .*\n--help shows what there is\n$/),
    ]);
  });
});
