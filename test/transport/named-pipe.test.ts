// Windows named pipes behind ipc://: what of them can be said on every system, the refusals, and for given pipe names what this
// system does with them: Windows serves them, others say that these are no paths. How pipes behave with messages and faults is
// in ipc-anywhere.test.ts.

import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import * as net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Pull, Push, pipeName } from '../../src/index.js';
import { ipc } from '../../src/transport/ipc.js';
import { pipeTarget } from '../../src/transport/named-pipe.js';
import { outcome } from '../support/classes.js';
import { within } from '../support/peers/deadline.js';
import { nextEvent, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';

failOnUnhandled();

const WINDOWS = process.platform === 'win32';

describe('a pipe is refused at once', () => {
  it.each([
    ['@name', 'EINVAL'],
    ['@', 'EINVAL'],
    ['\ud800', 'EINVAL'],
    ['\\\\.\\pipe\\', 'EINVAL'],
    ['\\\\.\\pipe\\a/b', 'EINVAL'],
    ['\\\\.\\pipe\\a.', 'EINVAL'],
    ['\\\\?\\pipe\\..', 'EINVAL'],
    [`\\\\.\\pipe\\${'x'.repeat(300)}`, 'ENAMETOOLONG'],
  ])('%j: %s', (path, code) => {
    const endpoint = `ipc://${path}`;
    expect(() => pipeTarget(path, endpoint)).toThrow(expect.objectContaining({ code, address: endpoint }));
  });

  it('`*`, to connect to', () => {
    const target = pipeTarget('*', 'ipc://*');
    expect(() => target.connect({} as never, () => {})).toThrow(expect.objectContaining({ code: 'EINVAL' }));
    expect(() => ipc.target('*', 'connect')).toThrow(expect.objectContaining({ code: 'EINVAL', address: 'ipc://*' }));
  });

  it('and any path else is taken, however long', () => {
    for (const path of ['x', '/run/x', 'C:\\x', 'x'.repeat(4000), 'a/', '..', '~', '//./pipe/x']) {
      expect(() => pipeTarget(path, `ipc://${path}`)).not.toThrow();
    }
  });
});

it('W3 nothing ever widens the rights of a pipe: no file says readableAll or writableAll', () => {
  const source = new URL('../../src/', import.meta.url);
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const texts = files.map((name) => readFileSync(new URL(name.replaceAll('\\', '/'), source), 'utf8'));
  expect(texts.join()).toContain('createServer(');
  expect(texts.filter((text) => /\b(readable|writable)All\b/.test(text))).toEqual([]);
});

describe('a given pipe name', () => {
  const given = (): string => `ipc://\\\\.\\pipe\\zmtp-test-${randomUUID()}`;

  it('is served as it is on Windows; elsewhere it is EINVAL, for it is no path', async () => {
    const endpoint = given();
    const pull = open(new Pull());
    const binding = outcome(() => pull.bind(endpoint));
    if (!WINDOWS) {
      const { error } = await binding;
      expect(error).toMatchObject({ code: 'EINVAL', address: endpoint });
      expect(error?.detail).toContain('it names a Windows pipe');
      return;
    }
    expect(await binding).toMatchObject({ how: 'gave' });
    expect(pull.lastEndpoint).toBe(endpoint);
    const push = open(new Push());
    push.connect(endpoint);
    await push.send('given');
    expect(String(await within(pull.receive(), 'a message'))).toBe('given');
  });

  it('is where another program is met: one that connects to pipeName of an endpoint gets our greeting', async () => {
    const pull = open(new Pull());
    await pull.bind('ipc://*');
    const endpoint = pull.lastEndpoint as string;
    const address = WINDOWS ? pipeName(endpoint) : endpoint.slice('ipc://'.length);
    const accepted = nextEvent(pull, 'accept');
    const socket = net.connect(address);
    onTestFinished(() => void socket.destroy());
    const first = await within(new Promise<Buffer>((resolve) => socket.once('data', resolve)), 'our greeting');
    expect(first.subarray(0, 1).toString('hex')).toBe('ff');
    expect((await accepted).address).toBe(endpoint);
  });
});

it('an endpoint that only a native libzmq could serve: the error says what to do', async () => {
  const endpoint = `ipc://zmtp-nobody-${randomUUID()}`;
  const push = open(new Push());
  const retried = nextEvent(push, 'connect:retry');
  push.connect(endpoint);
  const { error } = await within(retried, 'a failed attempt');
  expect(error).toMatchObject({ code: 'ENOENT', address: endpoint });
  if (WINDOWS) expect(error?.message).toMatch(/native libzmq.*tcp:\/\/127\.0\.0\.1:\*/);
  else expect(error?.message).toMatch(/^No such endpoint/);
});
