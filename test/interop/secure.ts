/**
 * Keys, names and options with which the two libraries prove to each other who they are, and an answer to ZAP for our side.
 * Used by the files of the suite that speak PLAIN and CURVE.
 */
import type { EndOptions } from '../support/peers/end.js';
import * as zmq from './ours.js';
import type { Rig } from './rig.js';

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';

export const serverKeys = zmq.curveKeyPair();
export const clientKeys = zmq.curveKeyPair();
export const strangerKeys = zmq.curveKeyPair();

export const sides = ['we are the server', 'they are the server'] as const;
export type Side = (typeof sides)[number];

export const curveServer: EndOptions = { curveServer: true, curveSecretKey: serverKeys.secretKey };
export const curveClient: EndOptions = {
  curveServerKey: serverKeys.publicKey,
  curvePublicKey: clientKeys.publicKey,
  curveSecretKey: clientKeys.secretKey,
};
export const curveStranger: EndOptions = {
  ...curveClient,
  curvePublicKey: strangerKeys.publicKey,
  curveSecretKey: strangerKeys.secretKey,
};
export const plainServer: EndOptions = { plainServer: true };
export const plainClient: EndOptions = { plainUsername: 'joe', plainPassword: 'a password' };

/** Options of our end and of theirs. */
export function optionsOf(side: Side, server: EndOptions, client: EndOptions): [ours: EndOptions, theirs: EndOptions] {
  return side === 'we are the server' ? [server, client] : [client, server];
}

/** User ids by what is shown: `PLAIN name:password`, `CURVE key` with the key in hexadecimal. */
export type Allowed = Readonly<Record<string, string>>;

export const ALLOWED: Allowed = {
  'PLAIN joe:a password': 'joe the plain',
  [`CURVE ${hex(clientKeys.publicKey)}`]: 'joe the sealed',
};

/** The bytes of a key, as ZAP shows them (RFC 32). */
function hex(z85: string): string {
  const bytes = Buffer.alloc(32);
  for (let i = 0; i < 8; i++) {
    const group = [...z85.slice(i * 5, i * 5 + 5)];
    const value = group.reduce((sum, digit) => sum * 85 + DIGITS.indexOf(digit), 0);
    bytes.writeUInt32BE(value, i * 4);
  }
  return bytes.toString('hex');
}

/** Answers for ZAP on our side while the case runs. */
export async function answerZap(rig: Rig, allowed: Allowed = ALLOWED): Promise<void> {
  const handler = new zmq.Reply({ linger: 0 });
  rig.defer(() => handler.close());
  await handler.bind('inproc://zeromq.zap.01');
  void (async () => {
    for await (const [version, id, , , , mechanism, ...credentials] of handler) {
      const shown = `${mechanism}` === 'CURVE' ? credentials[0]!.toString('hex') : credentials.join(':');
      const userId = allowed[`${mechanism} ${shown}`];
      const answer = userId === undefined ? ['400', 'no', '', ''] : ['200', 'OK', userId, ''];
      await handler.send([version!, id!, ...answer]);
    }
  })();
}
