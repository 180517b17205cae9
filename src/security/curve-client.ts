// The client of CURVE (RFC 25, RFC 26): talks to the owner of one public key and to nobody else, and shows its own public key
// to that owner alone.
//
//   HELLO ──▶   ◀── WELCOME   INITIATE ──▶   ◀── READY          ◀── ERROR ends it at any point
//
// Its short-term key pair is made with HELLO, for this connection, and overwritten when INITIATE has been sent.

import { ProtocolError } from '../errors.js';
import { type Command, encodeCommand } from '../protocol/command.js';
import type { Mechanism, Step } from '../protocol/mechanism.js';
import { decodeMetadata } from '../protocol/metadata.js';
import { view } from '../util/bytes.js';
import { node } from '../util/node-modules.js';
import { CurveCipher } from './curve-cipher.js';
import { HELLO, opened, PREFIX, READY, SHORT_NONCE, sealed, shared, WELCOME } from './curve-handshake.js';
import { ReceivedNonces, SendingNonces } from './curve-nonce.js';
import { refused, unexpected } from './refusal.js';
import { KEY_BYTES, type Sodium } from './sodium.js';

export interface CurveClientOptions {
  /** What we announce, encoded. */
  readonly metadata: Buffer;
  /** c; C follows from it. */
  readonly secretKey: Buffer;
  /** S */
  readonly serverKey: Buffer;
  /** Called when work is done, and not before. */
  readonly sodium: () => Sodium;
}

const SIGNATURE = Buffer.alloc(64);
const VERSION = [1, 0];

export class CurveClient implements Mechanism {
  readonly name = 'CURVE';
  readonly asServer = false;
  cipher: CurveCipher | undefined;
  readonly #options: CurveClientOptions;
  readonly #sent = new SendingNonces();
  readonly #received = new ReceivedNonces();
  #expects: 'WELCOME' | 'READY' | undefined;
  /** c' */
  readonly #secretKey: Buffer = Buffer.alloc(KEY_BYTES);
  /** Between C' and S: of HELLO and WELCOME; since then between C' and S'. */
  #key: Buffer | undefined;

  constructor(options: CurveClientOptions) {
    this.#options = options;
  }

  start(): Step {
    return { next: 'work', run: () => this.#hello() };
  }

  receive(command: Command): Step {
    const { name, data } = command;
    if (name === 'ERROR') throw refused(data);
    if (name !== this.#expects) throw unexpected(this.name, command);
    if (name === 'READY') return this.#ready(data);
    if (data.length !== WELCOME.size) {
      throw new ProtocolError('welcome-malformed', `CURVE: a WELCOME of ${data.length} bytes and its name`);
    }
    this.#expects = undefined;
    return { next: 'work', run: () => this.#initiate(data) };
  }

  /** A client lets in whoever it has called. */
  zapReply(): Step {
    return { next: 'wait' };
  }

  erase(): void {
    this.#secretKey.fill(0);
    // The library may still hold what was used last.
    if (this.#key !== undefined) this.#options.sodium().erase(this.#key);
    this.cipher?.erase();
  }

  #hello(): Step {
    const sodium = this.#options.sodium();
    node.crypto.randomFillSync(this.#secretKey);
    this.#key = shared(sodium, this.#options.serverKey, this.#secretKey, 'curveServerKey');
    const data = Buffer.alloc(HELLO.size);
    data.set(VERSION, HELLO.version);
    data.set(sodium.publicKey(this.#secretKey), HELLO.key);
    data.set(sealed(sodium, PREFIX.hello, SIGNATURE, this.#key, this.#nonce()), HELLO.nonce);
    this.#expects = 'WELCOME';
    return { next: 'send', command: encodeCommand('HELLO', data) };
  }

  #initiate(welcome: Buffer): Step {
    const { metadata, secretKey, serverKey, sodium: get } = this.#options;
    const sodium = get();
    const hello = this.#key as Buffer;
    const text = opened(sodium, PREFIX.welcome, welcome, hello, 'WELCOME');
    sodium.erase(hello);
    const server = view(text, 0, KEY_BYTES);
    const cookie = view(text, KEY_BYTES, text.length);
    this.#key = shared(sodium, server, this.#secretKey, 'WELCOME');
    const vouchKey = shared(sodium, server, secretKey, 'WELCOME');
    const owned = Buffer.concat([sodium.publicKey(this.#secretKey), serverKey]);
    const vouch = sealed(sodium, PREFIX.vouch, owned, vouchKey);
    sodium.erase(vouchKey);
    this.#secretKey.fill(0);
    const introduction = Buffer.concat([sodium.publicKey(secretKey), vouch, metadata]);
    const box = sealed(sodium, PREFIX.initiate, introduction, this.#key, this.#nonce());
    this.#expects = 'READY';
    return { next: 'send', command: encodeCommand('INITIATE', Buffer.concat([cookie, box])) };
  }

  #ready(data: Buffer): Step {
    if (data.length < READY.sizeMin) {
      throw new ProtocolError('ready-malformed', `CURVE: a READY of ${data.length} bytes and its name`);
    }
    const sodium = this.#options.sodium();
    const key = this.#key as Buffer;
    this.#received.check(data, READY.nonce);
    const properties = decodeMetadata(opened(sodium, PREFIX.ready, data, key, 'READY'));
    this.cipher = new CurveCipher(sodium, 'client', key, this.#sent, this.#received);
    return { next: 'ready', properties };
  }

  #nonce(): Buffer {
    const nonce = Buffer.alloc(SHORT_NONCE);
    this.#sent.write(nonce, 0);
    return nonce;
  }
}
