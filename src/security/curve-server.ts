// The server of CURVE (RFC 25, RFC 26): proves to know its secret key, and is shown the client's public one, proved, which
// whoever decides about peers gets to see (RFC 27).
//
//   ◀── HELLO   WELCOME ──▶   ◀── INITIATE   (may it come in?)   READY or ERROR ──▶
//
// Between WELCOME and INITIATE it remembers nothing of the short-term keys it has made: they are in the cookie, which comes
// back with INITIATE, and whose key is this connection's own and used once.

import { ProtocolError } from '../errors.js';
import { type Command, encodeCommand } from '../protocol/command.js';
import { type Mechanism, type Step, type ZapReply, zapRequest } from '../protocol/mechanism.js';
import { decodeMetadata, type Properties } from '../protocol/metadata.js';
import { copyOf, view } from '../util/bytes.js';
import { node } from '../util/node-modules.js';
import { CurveCipher } from './curve-cipher.js';
import {
  COOKIE_SIZE,
  HELLO,
  INITIATE,
  INTRODUCTION,
  opened,
  PREFIX,
  SHORT_NONCE,
  sealed,
  shared,
} from './curve-handshake.js';
import { ReceivedNonces, SendingNonces } from './curve-nonce.js';
import { refusal, unexpected } from './refusal.js';
import { KEY_BYTES, type Sodium } from './sodium.js';

export interface CurveServerOptions {
  /** What we announce, encoded. */
  readonly metadata: Buffer;
  /** s */
  readonly secretKey: Buffer;
  /** Called when work is done, and not before. */
  readonly sodium: () => Sodium;
}

const SIGNATURE_SIZE = 64;

export class CurveServer implements Mechanism {
  readonly name = 'CURVE';
  readonly asServer = true;
  cipher: CurveCipher | undefined;
  readonly #options: CurveServerOptions;
  readonly #sent = new SendingNonces();
  readonly #received = new ReceivedNonces();
  #expects: 'HELLO' | 'INITIATE' | undefined = 'HELLO';
  /** K */
  readonly #cookieKey: Buffer = Buffer.alloc(KEY_BYTES);
  /** Between C' and S', since INITIATE. */
  #key: Buffer | undefined;
  #properties: Properties | undefined;

  constructor(options: CurveServerOptions) {
    this.#options = options;
  }

  start(): Step {
    return { next: 'wait' };
  }

  receive(command: Command): Step {
    const { name, data } = command;
    if (name !== this.#expects) throw unexpected(this.name, command);
    if (name === 'HELLO') {
      checkHello(data);
      this.#received.check(data, HELLO.nonce);
      this.#expects = undefined;
      return { next: 'work', run: () => this.#welcome(data) };
    }
    if (data.length < INITIATE.sizeMin) {
      throw new ProtocolError('initiate-malformed', `CURVE: an INITIATE of ${data.length} bytes and its name`);
    }
    this.#received.check(data, INITIATE.nonce);
    this.#expects = undefined;
    return { next: 'work', run: () => this.#introduced(data) };
  }

  zapReply({ status }: ZapReply): Step {
    if (status !== 200) return refusal(status);
    const sodium = this.#options.sodium();
    const key = this.#key as Buffer;
    const nonce = Buffer.alloc(SHORT_NONCE);
    this.#sent.write(nonce, 0);
    const command = encodeCommand('READY', sealed(sodium, PREFIX.ready, this.#options.metadata, key, nonce));
    this.cipher = new CurveCipher(sodium, 'server', key, this.#sent, this.#received);
    return { next: 'ready', command, properties: this.#properties as Properties };
  }

  erase(): void {
    this.#cookieKey.fill(0);
    // The library may still hold what was used last.
    if (this.#key !== undefined) this.#options.sodium().erase(this.#key);
    this.cipher?.erase();
  }

  #welcome(hello: Buffer): Step {
    const sodium = this.#options.sodium();
    const client = view(hello, HELLO.key, HELLO.nonce);
    const key = shared(sodium, client, this.#options.secretKey, 'HELLO');
    const secretKey = node.crypto.randomBytes(KEY_BYTES);
    const short = Buffer.concat([client, secretKey]);
    try {
      const signature = opened(sodium, PREFIX.hello, view(hello, HELLO.nonce, HELLO.size), key, 'HELLO');
      if (!node.crypto.timingSafeEqual(signature, Buffer.alloc(SIGNATURE_SIZE))) {
        throw new ProtocolError('hello-malformed', 'CURVE: the signature of a HELLO is not made of zeros');
      }
      node.crypto.randomFillSync(this.#cookieKey);
      const cookie = sealed(sodium, PREFIX.cookie, short, this.#cookieKey);
      const welcome = sealed(sodium, PREFIX.welcome, Buffer.concat([sodium.publicKey(secretKey), cookie]), key);
      this.#expects = 'INITIATE';
      return { next: 'send', command: encodeCommand('WELCOME', welcome) };
    } finally {
      secretKey.fill(0);
      short.fill(0);
      sodium.erase(key);
    }
  }

  #introduced(initiate: Buffer): Step {
    const { sodium: get } = this.#options;
    const sodium = get();
    const cookie = view(initiate, 0, COOKIE_SIZE);
    const short = this.#openCookie(sodium, cookie);
    const client = view(short, 0, KEY_BYTES);
    const secretKey = view(short, KEY_BYTES, short.length);
    try {
      this.#key = shared(sodium, client, secretKey, 'HELLO');
      const box = view(initiate, INITIATE.nonce, initiate.length);
      const text = opened(sodium, PREFIX.initiate, box, this.#key, 'INITIATE');
      const owner = copyOf(view(text, INTRODUCTION.key, INTRODUCTION.vouch));
      this.#checkVouch(sodium, owner, client, secretKey, view(text, INTRODUCTION.vouch, INTRODUCTION.metadata));
      this.#properties = decodeMetadata(view(text, INTRODUCTION.metadata, text.length));
      return { next: 'zap', request: zapRequest(this.name, [owner]) };
    } finally {
      short.fill(0);
    }
  }

  /** C' and s'. The key is gone then, whatever comes of it. */
  #openCookie(sodium: Sodium, cookie: Buffer): Buffer {
    try {
      return opened(sodium, PREFIX.cookie, cookie, this.#cookieKey, 'the cookie');
    } finally {
      sodium.erase(this.#cookieKey);
    }
  }

  /** That the owner of C has C', and means us. libzmq makes the second promise and does not look at it. */
  #checkVouch(sodium: Sodium, owner: Buffer, client: Buffer, secretKey: Buffer, vouch: Buffer): void {
    const key = shared(sodium, owner, secretKey, 'INITIATE');
    const text = opened(sodium, PREFIX.vouch, vouch, key, 'the vouch');
    sodium.erase(key);
    const server = sodium.publicKey(this.#options.secretKey);
    if (!node.crypto.timingSafeEqual(text, Buffer.concat([client, server]))) {
      throw new ProtocolError('vouch-mismatch', 'CURVE: the vouch is for another client key, or for another server');
    }
  }
}

/** What costs nothing to see. */
function checkHello(data: Buffer): void {
  if (data.length !== HELLO.size) {
    throw new ProtocolError('hello-malformed', `CURVE: a HELLO of ${data.length} bytes and its name`);
  }
  if (data[HELLO.version] !== 1 || data[HELLO.version + 1] !== 0) {
    throw new ProtocolError('hello-malformed', `CURVE: version ${data[0]}.${data[1]} in a HELLO; ours is 1.0`);
  }
  if (view(data, HELLO.padding, HELLO.key).some((octet) => octet !== 0)) {
    throw new ProtocolError('hello-malformed', 'CURVE: the padding of a HELLO is not made of zeros');
  }
}
