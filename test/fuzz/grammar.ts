// What a peer may say, by the grammar of ZMTP (RFC 23, 24, 25, 37) and a little beside it. Each rule is right most of the time:
// input that is wrong everywhere is refused at its first octet and tries nothing behind it.

import { SOCKET_TYPES, type SocketType } from '../../src/protocol/socket-types.js';
import { PEER } from '../support/connections.js';
import * as wire from '../support/wire.js';
import type { Input, Piece, Spoken } from './input.js';
import { ANSWERS, DEEDS } from './input.js';
import type { Random } from './random.js';
import type { Target } from './targets.js';

/** Sizes at the borders that the library and the protocol have. */
const SIZES = [0, 1, 2, 8, 31, 32, 33, 254, 255, 256, 257, 512, 513, 4095, 4096, 4097, 8192, 8193];
const HUGE_SIZES = [65_535, 65_536, 65_537, 70_000, 262_143, 262_144, 262_145, 300_000];
const ANNOUNCED = [0n, 1n, 255n, 256n, 65_536n, 65_537n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];
const LIMITS = [0, 5, 20, 300, 5000, 100_000];
const NAMES = ['READY', 'ERROR', 'PING', 'PONG', 'SUBSCRIBE', 'CANCEL', 'HELLO', 'WELCOME', 'INITIATE', 'MESSAGE'];
const HARMLESS_NAMES = ['NEWS', 'X', 'PONG', 'SUBSCRIBE', 'CANCEL', 'HELLO', 'L'.repeat(255)];
const ODD_NAMES = ['ready', 'A B', 'PING\0', '\xc9'];
const MECHANISMS = ['NULL', 'PLAIN', 'CURVE', 'null', 'NULL\0X', '', 'GSSAPI', 'M'.repeat(20), '\xff'.repeat(20)];
const PROPERTIES = ['Socket-Type', 'socket-type', 'Identity', 'Resource', 'X-a', 'X-', 'a b', '', 'N'.repeat(255)];

export class Grammar {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A whole conversation. */
  input(target: Target): Input {
    const random = this.#random;
    const socketType = random.pick(SOCKET_TYPES);
    const pieces = [...this.#introduction(target, socketType)];
    if (!random.once(20)) for (let left = random.skewed(12); left > 0; left--) pieces.push(this.piece(target));
    return {
      target: target.name,
      socketType,
      maxMessageSize: random.once(3) ? random.pick(LIMITS) : Number.MAX_SAFE_INTEGER,
      admit: this.admit(),
      pieces,
      cuts: this.cuts(),
      answers: random.once(2) ? [] : random.list(4, () => random.once(2)),
      deeds: this.deeds(),
    };
  }

  admit(): Input['admit'] {
    return this.#random.once(4) ? this.#random.pick(ANSWERS) : 'now';
  }

  cuts(): number[] {
    const random = this.#random;
    return [
      1 + random.skewed(20),
      ...random.list(4, () => (random.once(5) ? random.below(400) : 1 + random.below(12))),
    ];
  }

  deeds(): Input['deeds'] {
    return this.#random.once(4) ? this.#random.list(6, () => this.#random.pick(DEEDS)) : [];
  }

  /** Anything, once both have introduced themselves. */
  piece(target: Target): Piece {
    const random = this.#random;
    if (target.sealed || random.once(12)) return this.spoken();
    const kind = random.below(40);
    if (kind < 18) return this.#message();
    if (kind < 22)
      return wire.ping(random.once(3) ? 0 : random.below(0x10000), this.#octets(random.once(16) ? 20 : 16));
    if (kind < 28) return random.pick([wire.subscribe, wire.cancel])(this.#body());
    if (kind < 32) return wire.frame(0, Buffer.concat([Buffer.of(random.below(3)), this.#octets(12)]));
    if (kind < 34) return wire.pong(this.#octets(16));
    if (kind < 37) return this.#command();
    return kind < 38 ? this.#handshakeCommand(target, random.pick(SOCKET_TYPES)) : this.#rubbish();
  }

  spoken(): Spoken {
    const random = this.#random;
    const say = random.pick(['message', 'message', 'message', 'subscribe', 'cancel', 'ping', 'turn'] as const);
    return { say, parts: [this.#body(), ...random.list(2, () => this.#body())], edits: [] };
  }

  #introduction(target: Target, socketType: SocketType): Piece[] {
    const random = this.#random;
    const turn: Spoken = { say: 'turn', parts: [], edits: [] };
    if (target.sealed && !random.once(6)) return [turn, turn, turn];
    if (random.once(12)) return [turn, turn];
    const first = random.once(8) ? this.#greeting() : wire.greeting(target.greeting(random.below(2)));
    if (target.sealed) return [first, turn, this.#handshakeCommand(target, socketType)];
    const peerType = random.once(16) ? random.pick(SOCKET_TYPES) : PEER[socketType];
    if (random.once(10)) return [first, this.#handshakeCommand(target, peerType)];
    return [first, ...target.handshake(this.#metadata(peerType), random.once(8) ? this.#octets(20) : undefined)];
  }

  #greeting(): Buffer {
    const random = this.#random;
    const signature = Buffer.from('ff00000000000000007f', 'hex');
    if (random.once(2)) signature.fill(random.below(256), 1, 9);
    if (random.once(8)) signature[9] = random.below(256);
    return wire.greeting({
      signature,
      major: random.once(4) ? random.below(256) : 3,
      minor: random.pick([0, 1, 2, 255]),
      mechanism: Buffer.from(random.once(2) ? random.pick(MECHANISMS) : 'NULL', 'latin1'),
      asServer: random.pick([0, 1, 2, 255]),
      filler: random.once(2) ? random.bytes(31) : Buffer.alloc(31),
    });
  }

  #handshakeCommand(target: Target, peerType: string): Buffer {
    const random = this.#random;
    switch (random.below(6)) {
      case 0:
        return wire.error('no'.repeat(random.below(100)));
      case 1:
        return wire.command(random.pick(NAMES), this.#octets(random.pick([1, 20, 200, 300])));
      case 2:
        return Buffer.concat(target.handshake(this.#metadata(peerType), this.#octets(300)));
      case 3:
        // HELLO of PLAIN: two lengths, two texts.
        return wire.command('HELLO', Buffer.concat([this.#counted(), this.#counted(), this.#octets(2)]));
      default:
        return wire.command(random.pick(['READY', 'INITIATE']), this.#metadata(peerType));
    }
  }

  #counted(): Buffer {
    const text = this.#octets(this.#random.once(8) ? 255 : 12);
    return Buffer.concat([Buffer.of(this.#random.once(8) ? this.#random.below(256) : text.length), text]);
  }

  #metadata(peerType: string): Buffer {
    const random = this.#random;
    const properties: Buffer[] = [];
    if (!random.once(20)) properties.push(wire.property('Socket-Type', peerType));
    if (random.once(3)) properties.push(wire.property('Identity', this.#octets(random.pick([0, 1, 5, 255, 256]))));
    while (random.once(3)) properties.push(this.#property());
    if (random.once(400)) for (let i = 0; i < 258; i++) properties.push(wire.property(`X-${i}`, ''));
    if (random.once(12)) properties.push(this.#octets(6));
    if (random.once(8)) properties.reverse();
    return Buffer.concat(properties);
  }

  #property(): Buffer {
    const random = this.#random;
    const size = random.once(6) ? random.pick([0, 1, 2 ** 31, 2 ** 32 - 1, random.below(300)]) : undefined;
    return wire.property(random.pick(PROPERTIES), random.once(4) ? random.pick(SOCKET_TYPES) : this.#body(), size);
  }

  #message(): Buffer {
    const random = this.#random;
    if (random.once(40_000)) return Buffer.concat(new Array<Buffer>(65_537).fill(wire.frame(wire.MORE, '')));
    if (random.once(500)) return Buffer.concat(new Array<Buffer>(1000).fill(wire.frame(random.below(2), '')));
    const parts = [this.#body(), ...random.list(random.once(4) ? 5 : 1, () => this.#body())];
    if (random.once(8)) return Buffer.concat(parts.map((part) => wire.frame(wire.MORE, part)));
    if (random.once(4)) return wire.longFrame(0, parts[0]!);
    return wire.message(...parts);
  }

  #command(): Buffer {
    const random = this.#random;
    const name = random.once(2) ? random.pick(NAMES) : random.pick(random.once(4) ? ODD_NAMES : HARMLESS_NAMES);
    const command = wire.command(name, this.#octets(24));
    return random.once(16) ? command.subarray(0, random.below(command.length)) : command;
  }

  /** Frames and bytes that break the rules of framing. */
  #rubbish(): Buffer {
    const random = this.#random;
    switch (random.below(4)) {
      case 0:
        return wire.frame(random.below(256), this.#body());
      case 1:
        return wire.longFrame(random.pick([0, 1, 4]), this.#octets(12), random.pick(ANNOUNCED));
      case 2:
        return wire.frame(wire.COMMAND, this.#octets(8));
      default:
        return this.#octets(40);
    }
  }

  #body(): Buffer {
    const random = this.#random;
    if (random.once(5000)) return Buffer.alloc(random.pick(HUGE_SIZES), random.below(256));
    if (random.once(10)) return Buffer.alloc(random.pick(random.once(4) ? SIZES : SIZES.slice(0, 11)), random.below(9));
    return this.#octets(12);
  }

  /** Bytes that mean something in headers, or any. */
  #octets(max: number): Buffer {
    const random = this.#random;
    const size = random.below(max + 1);
    if (random.once(2)) return random.bytes(size);
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at++) bytes[at] = random.pick([0, 1, 2, 3, 4, 5, 6, 8, 0x41, 0x80, 0xff]);
    return bytes;
  }
}
