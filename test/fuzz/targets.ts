// What is fuzzed: a connection with each mechanism, in each role, and whole sockets. A target says how both sides are made and how a
// peer introduces itself by hand.

import type { Mechanism } from '../../src/protocol/mechanism.js';
import { CurveClient } from '../../src/security/curve-client.js';
import { CurveServer } from '../../src/security/curve-server.js';
import { loadSodium } from '../../src/security/load-sodium.js';
import { NullMechanism } from '../../src/security/null.js';
import { PlainClient } from '../../src/security/plain-client.js';
import { PlainServer } from '../../src/security/plain-server.js';
import * as wire from '../support/wire.js';

export interface Target {
  readonly name: string;
  /** Its share of all inputs, against those of the others. */
  readonly weight: number;
  /** After the handshake everything is in boxes, which only an honest peer can make. */
  readonly sealed: boolean;
  /** The mechanism of the connection that is fuzzed. */
  ours(metadata: Buffer): Mechanism;
  /** The mechanism of an honest peer of it. */
  theirs(metadata: Buffer): Mechanism;
  /** What an honest peer greets with. */
  greeting(minor: number): wire.GreetingFields;
  /** The frames of a handshake as a peer sends them, whatever it hears; `extra` goes behind the metadata. */
  handshake(metadata: Buffer, extra?: Buffer): Buffer[];
}

const NOTHING = Buffer.alloc(0);

const NULL: Target = {
  name: 'null',
  weight: 100,
  sealed: false,
  ours: (metadata) => new NullMechanism(metadata),
  theirs: (metadata) => new NullMechanism(metadata),
  greeting: (minor) => ({ minor }),
  handshake: (metadata, extra) => [wire.command('READY', extra ? Buffer.concat([metadata, extra]) : metadata)],
};

/** As NULL where somebody decides who may come in (RFC 27). */
const NULL_ZAP: Target = {
  ...NULL,
  name: 'null-zap',
  weight: 10,
  ours: (metadata) => new NullMechanism(metadata, true),
};

const USERNAME = Buffer.from('user');
const PASSWORD = Buffer.from('secret');
const HELLO = wire.command('HELLO', '\x04user\x06secret');
const plainClient = (metadata: Buffer): Mechanism =>
  new PlainClient({ metadata, username: USERNAME, password: PASSWORD });
const plainServer = (metadata: Buffer): Mechanism => new PlainServer(metadata);

const PLAIN_SERVER: Target = {
  name: 'plain-server',
  weight: 20,
  sealed: false,
  ours: plainServer,
  theirs: plainClient,
  greeting: (minor) => ({ minor, mechanism: 'PLAIN' }),
  handshake: (metadata, extra = NOTHING) => [HELLO, wire.command('INITIATE', Buffer.concat([metadata, extra]))],
};

const PLAIN_CLIENT: Target = {
  name: 'plain-client',
  weight: 20,
  sealed: false,
  ours: plainClient,
  theirs: plainServer,
  greeting: (minor) => ({ minor, mechanism: 'PLAIN', asServer: 1 }),
  handshake: (metadata, extra = NOTHING) => [
    wire.command('WELCOME'),
    wire.command('READY', Buffer.concat([metadata, extra])),
  ],
};

const SODIUM = await loadSodium();
const sodium = () => SODIUM;
const SERVER_SECRET = Buffer.alloc(32, 1);
const SERVER_KEY = SODIUM.publicKey(SERVER_SECRET);
const curveServer = (metadata: Buffer): Mechanism => new CurveServer({ metadata, secretKey: SERVER_SECRET, sodium });
const curveClient = (metadata: Buffer): Mechanism =>
  new CurveClient({ metadata, secretKey: Buffer.alloc(32, 2), serverKey: SERVER_KEY, sodium });

// Of these a handshake costs as much as a hundred inputs of the others.

const CURVE_SERVER: Target = {
  name: 'curve-server',
  weight: 0.5,
  sealed: true,
  ours: curveServer,
  theirs: curveClient,
  greeting: (minor) => ({ minor, mechanism: 'CURVE' }),
  handshake: (metadata) => [wire.command('HELLO', Buffer.alloc(194)), wire.command('INITIATE', metadata)],
};

const CURVE_CLIENT: Target = {
  name: 'curve-client',
  weight: 0.5,
  sealed: true,
  ours: curveClient,
  theirs: curveServer,
  greeting: (minor) => ({ minor, mechanism: 'CURVE', asServer: 1 }),
  handshake: (metadata) => [wire.command('WELCOME', Buffer.alloc(160)), wire.command('READY', metadata)],
};

export const TARGETS: readonly Target[] = [NULL, NULL_ZAP, PLAIN_SERVER, PLAIN_CLIENT, CURVE_SERVER, CURVE_CLIENT];

/** @throws RangeError when there is none of this name */
export function targetNamed(name: string): Target {
  const target = TARGETS.find((candidate) => candidate.name === name);
  if (target !== undefined) return target;
  throw new RangeError(`no target ${name}; there are ${TARGETS.map((known) => known.name).join(', ')} and sockets`);
}
