// bindSync and unbindSync: what they do by themselves (endpoints.test.ts in test/interop holds them against zeromq.js).

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import * as net from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Pull } from '../../src/index.js';
import { listenNow, type Net } from '../../src/transport/bound-handle.js';
import { temporaryFolder } from '../support/folder.js';
import { within } from '../support/peers/deadline.js';
import { expectThrough, inproc, open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import { World } from '../support/world.js';

failOnUnhandled();

function codeOf(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
  return undefined;
}

describe('bindSync', () => {
  it.each(['tcp://127.0.0.1:*', 'tcp://localhost:*', 'ipc://*'])('%s works when it returns', async (endpoint) => {
    const pull = open(new Pull());
    pull.bindSync(endpoint);
    await expectThrough(pull, String(pull.lastEndpoint));
  });

  it('binds an ipc path, and again after it was unbound', async () => {
    const endpoint = `ipc://${join(temporaryFolder(), 'socket')}`;
    const pull = open(new Pull());
    for (let round = 0; round < 2; round++) {
      pull.bindSync(endpoint);
      expect(pull.lastEndpoint).toBe(endpoint);
      await expectThrough(pull, endpoint);
      pull.unbindSync(endpoint);
    }
  });

  it('refuses an ipc path at which somebody listens, this process included', async () => {
    const endpoint = `ipc://${join(temporaryFolder(), 'socket')}`;
    const first = open(new Pull());
    first.bindSync(endpoint);
    expect(codeOf(() => open(new Pull()).bindSync(endpoint))).toBe('EADDRINUSE');
    await expectThrough(first, endpoint);
  });

  it('tells in the events', async () => {
    const pull = open(new Pull());
    const event = pull.events.receive();
    pull.bindSync('tcp://127.0.0.1:*');
    expect(await event).toMatchObject({ type: 'bind', address: pull.lastEndpoint });
    const failed = pull.events.receive();
    expect(codeOf(() => pull.bindSync(String(pull.lastEndpoint)))).toBe('EADDRINUSE');
    expect(await failed).toMatchObject({ type: 'bind:error', error: { code: 'EADDRINUSE' } });
  });

  it('says what to use where a transport cannot', () => {
    const socket = new World().open(Pull);
    expect(() => socket.bindSync('mem://a')).toThrow(
      expect.objectContaining({ code: 'ENOTSUP', detail: expect.stringContaining('await bind()') }),
    );
  });
});

describe.skipIf(process.platform === 'win32')('bindSync to a file that is there', () => {
  it('takes over a stale socket', async () => {
    const path = join(temporaryFolder(), 'socket');
    const code = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', code]);
    const pull = open(new Pull());
    pull.bindSync(`ipc://${path}`);
    await expectThrough(pull, `ipc://${path}`);
  });

  it('leaves any other file alone', () => {
    const path = join(temporaryFolder(), 'socket');
    writeFileSync(path, '');
    expect(codeOf(() => open(new Pull()).bindSync(`ipc://${path}`))).toBe('EADDRINUSE');
  });
});

describe('unbindSync', () => {
  it('frees the port at once for the next', async () => {
    const [one, two] = [open(new Pull()), open(new Pull())];
    one.bindSync('tcp://127.0.0.1:*');
    const endpoint = String(one.lastEndpoint);
    one.unbindSync(endpoint);
    await two.bind(endpoint);
    await expectThrough(two, endpoint);
  });

  it('frees an inproc name, and refuses what is not bound', () => {
    const pull = open(new Pull());
    const name = inproc();
    pull.bindSync(name);
    pull.unbindSync(name);
    expect(codeOf(() => pull.unbindSync(name))).toBe('ENOENT');
    expect(codeOf(() => pull.unbindSync('nonsense'))).toBe('EINVAL');
  });
});

describe('the ways to take a port at once', () => {
  /** As Node 26 has it: a port that is bound, and handed to `listen`. */
  class BoundSocket {
    static made: object[] = [];
    constructor({ host, port }: { host: string; port: number }) {
      BoundSocket.made.push({ host, port });
      // biome-ignore lint/correctness/noConstructorReturn: what Node 20 has for it
      return (net as unknown as Required<Net>)._createServerHandle(host, port, 4) as BoundSocket;
    }
  }

  it('prefers the public one', async () => {
    const server = net.createServer();
    onTestFinished(() => void server.close());
    listenNow(server, '127.0.0.1', 0, 10, { BoundSocket });
    expect(BoundSocket.made).toEqual([{ host: '127.0.0.1', port: 0 }]);
    const { port } = server.address() as net.AddressInfo;
    const client = net.connect(port, '127.0.0.1');
    await within(new Promise((resolve) => client.once('connect', resolve)), 'the connection');
    client.destroy();
  });

  it('names the asynchronous one where there is none', () => {
    const server = net.createServer();
    expect(() => listenNow(server, '127.0.0.1', 0, 10, {})).toThrow(
      expect.objectContaining({ code: 'ENOTSUP', detail: expect.stringContaining('await bind()') }),
    );
  });
});
