// The two ends of CURVE (RFC 26) written by hand over tweetnacl: what tests send to the library, and how they read what it sends.
// Nothing here imports the library but the connections of the last part, so that a mistake cannot hide behind the same mistake.
//
// Every field can be replaced on its way into a command, and every box be made with other keys.

import { randomBytes } from 'node:crypto';
import nacl from 'tweetnacl';
import type { ZapReply } from '../../src/protocol/mechanism.js';
import { CurveClient } from '../../src/security/curve-client.js';
import { CurveServer } from '../../src/security/curve-server.js';
import { loadSodium } from '../../src/security/load-sodium.js';
import { type Setup, type Subject, started } from './connections.js';
import * as wire from './wire.js';

export interface Keys {
  publicKey: Buffer;
  secretKey: Buffer;
}

export function keys(): Keys {
  const { publicKey, secretKey } = nacl.box.keyPair();
  return { publicKey: Buffer.from(publicKey), secretKey: Buffer.from(secretKey) };
}

const text = (ascii: string): Buffer => Buffer.from(ascii, 'latin1');

export function counter(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

export function box(plain: Uint8Array, nonce: Buffer, to: Uint8Array, from: Uint8Array): Buffer {
  return Buffer.from(nacl.box(plain, nonce, to, from));
}

export function unbox(sealed: Uint8Array, nonce: Buffer, from: Uint8Array, to: Uint8Array): Buffer {
  const plain = nacl.box.open(sealed, nonce, from, to);
  if (plain === null) throw new Error('a box of the library does not open');
  return Buffer.from(plain);
}

/** Traffic of one end. */
export class TwinTraffic {
  #sent: bigint;
  readonly #letters: readonly [own: string, theirs: string];
  readonly #key: Uint8Array;

  constructor(side: 'client' | 'server', sent: bigint, own: Uint8Array, theirs: Uint8Array) {
    this.#sent = sent;
    this.#letters = side === 'client' ? ['C', 'S'] : ['S', 'C'];
    this.#key = nacl.box.before(theirs, own);
  }

  /** The body of a MESSAGE. @param flags as in the box: 1 for more, 2 for a command */
  seal(flags: number, body: Uint8Array | string = '', nonce: bigint = ++this.#sent): Buffer {
    const full = Buffer.concat([text(`CurveZMQMESSAGE${this.#letters[0]}`), counter(nonce)]);
    const plain = Buffer.concat([Buffer.of(flags), Buffer.from(body)]);
    return Buffer.concat([text('\x07MESSAGE'), counter(nonce), nacl.box.after(plain, full, this.#key)]);
  }

  /** A frame with a MESSAGE in it. */
  frame(flags: number, body: Uint8Array | string = ''): Buffer {
    return wire.frame(0, this.seal(flags, body));
  }

  open(message: Buffer): { flags: number; body: string; nonce: bigint } {
    if (message.toString('latin1', 0, 8) !== '\x07MESSAGE') throw new Error('no MESSAGE');
    const nonce = Buffer.concat([text(`CurveZMQMESSAGE${this.#letters[1]}`), message.subarray(8, 16)]);
    const opened = nacl.box.open.after(message.subarray(16), nonce, this.#key);
    if (opened === null) throw new Error('a MESSAGE of the library does not open');
    const plain = Buffer.from(opened);
    return { flags: plain[0]!, body: plain.toString('latin1', 1), nonce: message.readBigUInt64BE(8) };
  }
}

/** A client. Give it the bytes after the name of each command. */
export class TwinClient {
  readonly long: Keys;
  readonly short = keys();
  readonly #server: Buffer;
  #serverShort: Buffer = Buffer.alloc(0);
  #cookie: Buffer = Buffer.alloc(0);

  /** @param server S */
  constructor(server: Buffer, long = keys()) {
    this.#server = server;
    this.long = long;
  }

  hello(changes: { version?: string; padding?: Buffer; plain?: Buffer; nonce?: bigint; key?: Buffer } = {}): Buffer {
    const nonce = counter(changes.nonce ?? 1n);
    const full = Buffer.concat([text('CurveZMQHELLO---'), nonce]);
    return Buffer.concat([
      text(changes.version ?? '\x01\x00'),
      changes.padding ?? Buffer.alloc(72),
      changes.key ?? this.short.publicKey,
      nonce,
      box(changes.plain ?? Buffer.alloc(64), full, this.#server, this.short.secretKey),
    ]);
  }

  welcomed(welcome: Buffer): void {
    const nonce = Buffer.concat([text('WELCOME-'), welcome.subarray(0, 16)]);
    const plain = unbox(welcome.subarray(16), nonce, this.#server, this.short.secretKey);
    this.#serverShort = plain.subarray(0, 32);
    this.#cookie = plain.subarray(32);
  }

  get serverShort(): Buffer {
    return this.#serverShort;
  }

  initiate(
    changes: {
      cookie?: Buffer;
      nonce?: bigint;
      metadata?: Buffer;
      vouched?: Buffer;
      voucher?: Keys;
      claimed?: Buffer;
      vouch?: Buffer;
    } = {},
  ): Buffer {
    const { vouched = Buffer.concat([this.short.publicKey, this.#server]), voucher = this.long } = changes;
    const vouchNonce = randomBytes(16);
    const vouch = box(vouched, Buffer.concat([text('VOUCH---'), vouchNonce]), this.#serverShort, voucher.secretKey);
    const plain = Buffer.concat([
      changes.claimed ?? this.long.publicKey,
      changes.vouch ?? Buffer.concat([vouchNonce, vouch]),
      changes.metadata ?? wire.property('Socket-Type', 'PUSH'),
    ]);
    const nonce = counter(changes.nonce ?? 2n);
    const full = Buffer.concat([text('CurveZMQINITIATE'), nonce]);
    const sealed = box(plain, full, this.#serverShort, this.short.secretKey);
    return Buffer.concat([changes.cookie ?? this.#cookie, nonce, sealed]);
  }

  /** The metadata in a READY. */
  ready(data: Buffer): Buffer {
    const nonce = Buffer.concat([text('CurveZMQREADY---'), data.subarray(0, 8)]);
    return unbox(data.subarray(8), nonce, this.#serverShort, this.short.secretKey);
  }

  get traffic(): TwinTraffic {
    return new TwinTraffic('client', 2n, this.short.secretKey, this.#serverShort);
  }
}

/** A server. */
export class TwinServer {
  readonly long = keys();
  readonly short = keys();
  #client: Buffer = Buffer.alloc(0);
  readonly cookie: Buffer = randomBytes(96);

  helloed(hello: Buffer): void {
    this.#client = hello.subarray(74, 106);
    const nonce = Buffer.concat([text('CurveZMQHELLO---'), hello.subarray(106, 114)]);
    const plain = unbox(hello.subarray(114), nonce, this.#client, this.long.secretKey);
    if (!plain.equals(Buffer.alloc(64))) throw new Error('the signature of a HELLO is not made of zeros');
  }

  welcome(changes: { key?: Buffer; from?: Keys } = {}): Buffer {
    const nonce = randomBytes(16);
    const plain = Buffer.concat([changes.key ?? this.short.publicKey, this.cookie]);
    const from = (changes.from ?? this.long).secretKey;
    return Buffer.concat([nonce, box(plain, Buffer.concat([text('WELCOME-'), nonce]), this.#client, from)]);
  }

  /** What an INITIATE holds. */
  initiated(data: Buffer): { cookie: Buffer; client: Buffer; vouched: Buffer; metadata: Buffer; nonce: bigint } {
    const nonce = Buffer.concat([text('CurveZMQINITIATE'), data.subarray(96, 104)]);
    const plain = unbox(data.subarray(104), nonce, this.#client, this.short.secretKey);
    const client = plain.subarray(0, 32);
    const vouchNonce = Buffer.concat([text('VOUCH---'), plain.subarray(32, 48)]);
    const vouched = unbox(plain.subarray(48, 128), vouchNonce, client, this.short.secretKey);
    const metadata = plain.subarray(128);
    return { cookie: data.subarray(0, 96), client, vouched, metadata, nonce: data.readBigUInt64BE(96) };
  }

  ready(changes: { metadata?: Buffer; nonce?: bigint; from?: Keys } = {}): Buffer {
    const nonce = counter(changes.nonce ?? 1n);
    const plain = changes.metadata ?? wire.property('Socket-Type', 'PUSH');
    const from = (changes.from ?? this.short).secretKey;
    return Buffer.concat([nonce, box(plain, Buffer.concat([text('CurveZMQREADY---'), nonce]), this.#client, from)]);
  }

  get client(): Buffer {
    return this.#client;
  }

  get traffic(): TwinTraffic {
    return new TwinTraffic('server', 1n, this.short.secretKey, this.#client);
  }
}

// Connections of the library that speak CURVE. What is costly is done at once; peers are let in as soon as they ask.

export const sodium = await loadSodium();
const library = () => sodium;
export const SERVER_KEYS = keys();
export const CLIENT_KEYS = keys();
export const clientGreeting = wire.greeting({ mechanism: 'CURVE' });
export const serverGreeting = wire.greeting({ mechanism: 'CURVE', asServer: 1 });

const metadataOf = (setup: Setup): Buffer => wire.property('Socket-Type', setup.socketType ?? 'PULL');

export function curveServer(setup: Setup = {}, status: ZapReply['status'] = 200): Subject {
  const { secretKey } = SERVER_KEYS;
  const mechanism = new CurveServer({ metadata: metadataOf(setup), secretKey, sodium: library });
  return eager(started({ ...setup, mechanism }), status);
}

export function curveClient(serverKey = SERVER_KEYS.publicKey, setup: Setup = {}, own = CLIENT_KEYS): Subject {
  const { secretKey } = own;
  const mechanism = new CurveClient({ metadata: metadataOf(setup), secretKey, serverKey, sodium: library });
  return eager(started({ ...setup, mechanism }), 200);
}

function eager(subject: Subject, status: ZapReply['status']): Subject {
  const { connection, recorder } = subject;
  recorder.onWork = () => connection.work(0);
  recorder.onZap = () => connection.zapReply({ status, userId: '', properties: new Map() }, 0);
  return subject;
}

/** The data of the commands that a connection has sent since the last time, and the bodies of its messages, by name. */
export function commandsOf({ connection }: Subject): [name: string, data: Buffer][] {
  const bytes = Buffer.concat(connection.output.take());
  return wire.readFrames(bytes[0] === 0xff ? bytes.subarray(64) : bytes).map((frame) => {
    if ((frame.flags & wire.COMMAND) === 0) return ['message', frame.body];
    const { name, data } = wire.readCommand(frame);
    return [name, data];
  });
}

/** What the connection answers to these bytes: the data of one command. */
export function answerTo(subject: Subject, bytes: Buffer): Buffer {
  subject.connection.receive(bytes, 0);
  const [only, ...more] = commandsOf(subject);
  if (only === undefined || more.length > 0) throw new Error(`${more.length + 1} commands where one was expected`);
  return only[1];
}

/** A server of ours in traffic with a twin: its log is empty and its output taken. */
export function serverInTraffic(setup: Setup = {}, peerType = 'PUSH'): Subject & { traffic: TwinTraffic } {
  const subject = curveServer(setup);
  const twin = new TwinClient(SERVER_KEYS.publicKey);
  subject.connection.output.take();
  twin.welcomed(answerTo(subject, Buffer.concat([clientGreeting, wire.command('HELLO', twin.hello())])));
  const metadata = wire.property('Socket-Type', peerType);
  twin.ready(answerTo(subject, wire.command('INITIATE', twin.initiate({ metadata }))));
  subject.recorder.log.length = 0;
  return { ...subject, traffic: twin.traffic };
}

/** A client of ours in traffic with a twin. */
export function clientInTraffic(setup: Setup = {}, peerType = 'PUSH'): Subject & { traffic: TwinTraffic } {
  const twin = new TwinServer();
  const subject = curveClient(twin.long.publicKey, setup);
  subject.connection.output.take();
  twin.helloed(answerTo(subject, serverGreeting));
  twin.initiated(answerTo(subject, wire.command('WELCOME', twin.welcome())));
  subject.connection.receive(
    wire.command('READY', twin.ready({ metadata: wire.property('Socket-Type', peerType) })),
    0,
  );
  subject.recorder.log.length = 0;
  return { ...subject, traffic: twin.traffic };
}
