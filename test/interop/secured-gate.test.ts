// The session gate with --secure and libzmq at the other end: a client of libzmq, with a key that the gate knows, commands
// ours; ours commands a gate of libzmq that answers CURVE and lets in by ZAP. Strangers get in on neither side.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { GateClient } from '../../examples/session-gate/gate-client.js';
import { clientSecurity, gateSecurity } from '../../examples/session-gate/secure.js';
import { openService, Service } from '../../examples/session-gate/service.js';
import { decodeReply, encodeCommand, encodeReply } from '../../examples/session-gate/wire.js';
import { curveKeyPair, findSession, ownKeys, writeSession } from '../../src/index.js';
import { DEADLINE, within } from '../support/peers/deadline.js';
import { describeFlavours } from '../support/peers/flavours.js';
import { withRig } from './rig.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zt-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

/** Our gate, which serves until the test ends; where it is, and what its session says. */
async function ourGate() {
  const security = await gateSecurity(folder, 'alpha', true);
  const service = await openService(() => new Service('alpha', {}, () => ({}), security), folder, 'tcp');
  const ended = service.run();
  onTestFinished(() => {
    service.close();
    return ended;
  });
  const { endpoints, properties } = (await findSession(folder, 'alpha'))!;
  return { endpoint: endpoints.commands as string, token: properties.token as string };
}

/** What is published on a channel of this process until the test ends. */
function noted(channel: string): unknown[] {
  const published: unknown[] = [];
  const note = (message: unknown): void => void published.push(message);
  subscribe(channel, note);
  onTestFinished(() => void unsubscribe(channel, note));
  return published;
}

function once(channel: string): Promise<void> {
  return new Promise((resolve) => {
    const heard = (): void => {
      unsubscribe(channel, heard);
      resolve();
    };
    subscribe(channel, heard);
  });
}

const ping = (token: string): string => encodeCommand({ token, command: 'ping', words: [] });

describeFlavours((flavour, peer) => {
  describe(`the secured session gate and ${flavour.name}`, () => {
    it('obeys a client of libzmq that has a key of its folder', () =>
      withRig(peer, async (rig) => {
        const { endpoint, token } = await ourGate();
        const keys = await clientSecurity(folder, 'alpha', true);
        const client = await rig.theirs('REQ', keys as Record<string, string>);
        await client.connect(endpoint);
        await client.send([ping(token)]);
        expect(decodeReply((await client.receive()) as Buffer[])).toBe('pong');
      }));

    it('refuses one with another key, one with another server’s key, and one without CURVE; then serves a good one', () =>
      withRig(peer, async (rig) => {
        const { endpoint, token } = await ourGate();
        const known = (await clientSecurity(folder, 'alpha', true)) as Record<string, string>;
        const { publicKey, secretKey } = curveKeyPair();
        const strangers = [
          { ...known, curvePublicKey: publicKey, curveSecretKey: secretKey },
          { ...known, curveServerKey: curveKeyPair().publicKey },
          {},
        ];
        const connected = noted('zmtp:peer:connected');
        for (const options of strangers) {
          const refused = once('zmtp:error');
          const stranger = await rig.theirs('REQ', options);
          await stranger.connect(endpoint);
          await within(refused, 'the end of a handshake');
        }
        expect(connected).toEqual([]);
        const client = await rig.theirs('REQ', known);
        await client.connect(endpoint);
        await client.send([ping(token)]);
        expect(decodeReply((await client.receive()) as Buffer[])).toBe('pong');
      }));

    it('may be one of libzmq, which asks its ZAP handler about our client', () =>
      withRig(peer, async (rig) => {
        const known = await clientSecurity(folder, 'alpha', true);
        const { secretKey } = await ownKeys(join(folder, 'secure', 'gates'), 'alpha');
        const handler = await rig.theirs('REP');
        await handler.bind('inproc://zeromq.zap.01');
        const gate = await rig.theirs('REP', { curveServer: true, curveSecretKey: secretKey, zapDomain: 'gates' });
        const endpoint = await gate.bind('tcp://127.0.0.1:*');
        const session = await writeSession(folder, 'alpha', {
          endpoints: { commands: endpoint },
          properties: { token: 't' },
        });
        rig.defer(() => session.remove());
        const client = new GateClient('alpha', folder, DEADLINE, known);
        rig.defer(() => client.close());
        const asking = client.ask('ping');
        const [version, id, domain, , , mechanism, key] = (await handler.receive()) as Buffer[];
        expect([domain, mechanism].map(String)).toEqual(['gates', 'CURVE']);
        expect(key).toHaveLength(32);
        await handler.send([version!, id!, '200', 'OK', 'client', '']);
        expect((await gate.receive()).map(String)).toEqual([ping('t')]);
        await gate.send([encodeReply({ value: 'pong' })]);
        expect(await asking).toBe('pong');
      }));

    it('of libzmq does not get our command when it has another key than the folder says', () =>
      withRig(peer, async (rig) => {
        const known = await clientSecurity(folder, 'alpha', true);
        const gate = await rig.theirs('REP', {
          curveServer: true,
          curveSecretKey: curveKeyPair().secretKey,
        });
        const endpoint = await gate.bind('tcp://127.0.0.1:*');
        const session = await writeSession(folder, 'alpha', {
          endpoints: { commands: endpoint },
          properties: { token: 't' },
        });
        rig.defer(() => session.remove());
        const client = new GateClient('alpha', folder, DEADLINE, known);
        rig.defer(() => client.close());
        await expect(client.ask('ping')).rejects.toThrow(/was lost before it answered$/);
      }));
  });
});
