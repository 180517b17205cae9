/**
 * Both services with `--secure`: keys are made on first use, for this user only; who has none of them gets in nowhere, over
 * any transport; those who have go on working through it.
 */

import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { GateClient } from '../../examples/session-gate/gate-client.js';
import { clientSecurity } from '../../examples/session-gate/secure.js';
import { curveKeyPair, findSession, ownKeys, Request, readKeyFile, writeKeyFile } from '../../src/index.js';
import { DEADLINE, until, within } from '../support/peers/deadline.js';
import { daemon, endAll, newHome, removeAll, started } from './daemons.js';
import { folder, gate, keepHouse, lines, printed, run, sessionOf, start, WINDOWS } from './gates.js';

/** Of files and folders, by name. */
function modesIn(path: string): Record<string, string> {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isSocket() && !entry.name.endsWith('.sock'));
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [name, (statSync(join(parentPath, name)).mode & 0o777).toString(8)]),
  );
}

/** Sends raw text with these options, and waits until the connection is refused. */
async function isRefused(endpoint: string, options: object): Promise<boolean> {
  const socket = new Request({ linger: 0, reconnectInterval: -1, ...options });
  onTestFinished(() => socket.close());
  const ended = new Promise((resolve) => socket.events.on('disconnect', resolve));
  socket.connect(endpoint);
  void socket.send('hello').catch(() => {});
  await within(ended, 'the end of a connection');
  return socket.peers.length === 0;
}

describe('gates', () => {
  keepHouse();

  const secured = async (name: string): Promise<GateClient> => {
    const made = new GateClient(name, folder, DEADLINE, await clientSecurity(folder, name, true));
    onTestFinished(() => made.close());
    return made;
  };

  test.each(['ipc', 'tcp'])('over %s, commanded and followed by programs of the same folder', async (transport) => {
    await gate('alpha', '--transport', transport, '--secure');
    expect(await run('client', 'alpha', 'ping', '--secure')).toMatchObject({ code: 0, output: 'pong\n' });
    const followed = start('follow', 'alpha', '--events', '1', '--secure');
    await printed(followed, 'alpha: connected to pid');
    const client = await secured('alpha');
    expect(await client.ask('set', 'mode', 'dark')).toBe('ok');
    const { code, output } = await within(followed.ended, 'the end of the follower');
    expect([code, lines(output).at(-1)]).toEqual([0, 'alpha: event 1 state/mode {"key":"mode","value":"dark"}']);
    expect(await client.ask('stop')).toBe('stopping');
  });

  test('an extension follows one that starts after it, and is one itself', async () => {
    const counter = start('extension', 'counter', '--of', 'alpha', '--secure');
    await printed(counter, 'waiting for alpha');
    await gate('alpha', '--secure');
    await printed(counter, 'counts the events of alpha');
    const [alpha, counts] = [await secured('alpha'), await secured('counter')];
    await alpha.ask('publish', 'news', 'snow');
    await until(async () => ((await counts.ask('status')) as { events: number }).events === 1, 'a count');
  });

  test('strangers are refused: without CURVE, with other keys, with the key of another gate', async () => {
    await gate('alpha', '--transport', 'tcp', '--secure');
    await gate('beta', '--transport', 'tcp', '--secure');
    const { endpoints, properties } = await sessionOf('alpha');
    const curveServerKey = (await readKeyFile(join(folder, 'secure', 'gates', 'alpha.key'))).publicKey;
    const { publicKey, secretKey } = curveKeyPair();
    const stranger = { curveServerKey, curvePublicKey: publicKey, curveSecretKey: secretKey };
    const known = await clientSecurity(folder, 'beta', true);
    for (const endpoint of Object.values(endpoints).slice(0, 1)) {
      for (const options of [{}, stranger, known]) expect(await isRefused(endpoint, options)).toBe(true);
    }
    // The token alone opens nothing.
    const bare = new GateClient('alpha', folder, DEADLINE);
    onTestFinished(() => bare.close());
    await expect(bare.ask('stop')).rejects.toThrow(/was lost before it answered$/);
    expect(properties.token).toBeDefined();
    expect(await (await secured('alpha')).ask('ping')).toBe('pong');
  });

  test('whoever’s public key is put into the folder gets in after the next start', async () => {
    const friend = curveKeyPair();
    const first = await gate('alpha', '--transport', 'tcp', '--secure');
    await writeKeyFile(join(folder, 'secure', 'clients', 'friend.key'), { publicKey: friend.publicKey });
    await (await secured('alpha')).ask('stop');
    await within(first.ended, 'the end of a gate');
    await gate('alpha', '--transport', 'tcp', '--secure');
    const { publicKey } = await ownKeys(join(folder, 'secure', 'gates'), 'alpha');
    const keys = { curveServerKey: publicKey, curvePublicKey: friend.publicKey, curveSecretKey: friend.secretKey };
    const client = new GateClient('alpha', folder, DEADLINE, keys);
    onTestFinished(() => client.close());
    expect(await client.ask('ping')).toBe('pong');
  });

  test('keys stay the same through a restart, and are for this user only', async () => {
    const before = await gate('alpha', '--secure');
    const path = join(folder, 'secure', 'gates', 'alpha.key_secret');
    const key = readFileSync(path, 'utf8');
    await (await secured('alpha')).ask('stop');
    await within(before.ended, 'the end of a gate');
    await gate('alpha', '--secure');
    expect(readFileSync(path, 'utf8')).toBe(key);
    if (WINDOWS) return;
    expect(modesIn(join(folder, 'secure'))).toEqual({
      clients: '700',
      gates: '700',
      'client.key': '600',
      'client.key_secret': '600',
      'alpha.key': '600',
      'alpha.key_secret': '600',
    });
  });
});

describe('the daemon', () => {
  afterEach(async () => expect(await endAll()).toEqual([]));
  afterAll(removeAll);

  test.each(['ipc', 'tcp'])('over %s, with commands that need no further word', async (transport) => {
    const home = newHome();
    const { pid, endpoint } = await started(home, '--transport', transport, '--secure');
    expect(await daemon(home, 'health')).toEqual({ code: 0, said: { status: 'ok', apiVersion: 1 } });
    expect(await daemon(home, 'request', 'item.put', 'a', 'b')).toEqual({ code: 0, said: { id: 'a', created: true } });
    expect(await daemon(home, 'status')).toMatchObject({ code: 0, said: { pid, items: 1 } });
    const stranger = curveKeyPair();
    const { properties } = (await findSession(home, 'daemon'))!;
    const curveServerKey = properties.publicKey as string;
    const other = { curveServerKey, curvePublicKey: stranger.publicKey, curveSecretKey: stranger.secretKey };
    for (const options of [{}, other]) expect(await isRefused(endpoint, options)).toBe(true);
    const { said } = await daemon(home, 'stop');
    expect(said).toEqual({ pid, took: expect.any(Number), forced: false });
    expect(readdirSync(home).sort()).toEqual(['clients', 'daemon.log', 'items.json', 'keys']);
    if (!WINDOWS) {
      expect(modesIn(join(home, 'keys'))).toEqual({
        'client.key': '600',
        'client.key_secret': '600',
        'daemon.key': '600',
        'daemon.key_secret': '600',
      });
    }
  });

  test('a client of whose key the home knows nothing is refused by the service', async () => {
    const home = newHome();
    await started(home, '--secure');
    const keys = ['client.key', 'client.key_secret'].map((name) => join(home, 'keys', name));
    const [shown, secret] = keys.map((path) => readFileSync(path)) as [Buffer, Buffer];
    for (const path of keys) rmSync(path);
    // The command makes itself a new key, which nobody has allowed.
    expect(await daemon(home, 'health', '--timeout', '1000')).toMatchObject({
      code: 4,
      said: { error: { code: 'LATE' } },
    });
    expect(existsSync(keys[1] as string)).toBe(true);
    const { publicKey, secretKey } = { publicKey: keyIn(shown), secretKey: keyIn(secret, 'secret') };
    await writeKeyFile(keys[0] as string, { publicKey }, { overwrite: true });
    await writeKeyFile(keys[1] as string, { publicKey, secretKey }, { overwrite: true });
    expect(await daemon(home, 'stop')).toMatchObject({ code: 0 });
  });

  test.skipIf(WINDOWS)('a secret key that others can read keeps the service from starting, and says so', async () => {
    const home = newHome();
    await writeKeyFile(join(home, 'keys', 'daemon.key_secret'), curveKeyPair());
    const { chmodSync } = await import('node:fs');
    chmodSync(join(home, 'keys', 'daemon.key_secret'), 0o644);
    const { code, said } = await daemon(home, 'start', '--secure');
    expect([code, said.error.message]).toEqual([
      6,
      expect.stringMatching(/others may read the secret key .*chmod 600/),
    ]);
  });
});

function keyIn(text: Buffer, which = 'public'): string {
  return (new RegExp(`${which}-key = "(.{40})"`).exec(text.toString()) as RegExpExecArray)[1] as string;
}
