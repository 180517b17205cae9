// Our key pairs are good for libzmq: a CURVE connection between two of its own sockets, in a process of its own.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { curveKeyPair } from '../../src/index.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Prints what arrives, or that nothing does. */
const PROGRAM = `
  const { Pull, Push } = require('zeromq');
  const [serverPublic, serverSecret, clientPublic, clientSecret] = process.argv.slice(1);
  (async () => {
    const pull = new Pull({ curveServer: true, curvePublicKey: serverPublic, curveSecretKey: serverSecret, receiveTimeout: 20_000 });
    await pull.bind('tcp://127.0.0.1:*');
    const options = { curveServerKey: serverPublic, curvePublicKey: clientPublic, curveSecretKey: clientSecret, linger: 0 };
    const push = new Push(options);
    const failed = new Promise((resolve) => push.events.on('handshake:error:protocol', ({ error }) => resolve(error.code)));
    const refused = new Promise((resolve) => pull.events.on('handshake:error:protocol', ({ error }) => resolve(error.code)));
    push.connect(pull.lastEndpoint);
    await push.send('by curve');
    console.log(String(await Promise.race([pull.receive(), failed, refused])));
    process.exit();
  })();
`;

function connect(...keys: string[]): string {
  return execFileSync(process.execPath, ['-e', PROGRAM, '--', ...keys], { cwd: ROOT, encoding: 'utf8' }).trim();
}

describe('curveKeyPair with libzmq', () => {
  it('makes pairs that libzmq connects with', () => {
    const [server, client] = [curveKeyPair(), curveKeyPair()];
    expect(connect(server.publicKey, server.secretKey, client.publicKey, client.secretKey)).toBe('by curve');
  });

  it('makes pairs of keys that belong together: libzmq refuses a mixed pair', () => {
    const [server, client, other] = [curveKeyPair(), curveKeyPair(), curveKeyPair()];
    expect(connect(server.publicKey, other.secretKey, client.publicKey, client.secretKey)).toBe(
      'ERR_ZMTP_CRYPTOGRAPHIC',
    );
  });
});
