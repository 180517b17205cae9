// CURVE's MESSAGE (RFC 26) inside a Connection, against a peer written by hand: what travels, what it means, what closes.

import fc from 'fast-check';
import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import { FLAG_COMMAND, FLAG_MORE } from '../../src/protocol/frame.js';
import { COPY_MAX } from '../../src/protocol/frame-writer.js';
import { CurveCipher } from '../../src/security/curve-cipher.js';
import { ReceivedNonces, SendingNonces } from '../../src/security/curve-nonce.js';
import { PIECE } from '../../src/security/sodium.js';
import { verdict, violationOf } from '../support/connections.js';
import { clientInTraffic, commandsOf, counter, serverInTraffic, sodium, type TwinTraffic } from '../support/curve.js';
import { eachDelivery } from '../support/deliveries.js';
import { COMMAND, command, commandBody, error, frame, longFrame, MORE, message, ready } from '../support/wire.js';

const inTraffic = [
  ['server', serverInTraffic],
  ['client', clientInTraffic],
] as const;

describe.each(inTraffic)('a MESSAGE at a %s', (side, start) => {
  function goodPeerWorks(): void {
    const { connection, recorder, traffic } = start();
    connection.receive(Buffer.concat([traffic.frame(1, 'a'), traffic.frame(0, 'b')]), 0);
    expect(recorder.log).toEqual(['message a|b']);
  }

  it('is a frame of the message, with its flags, and travels in a frame without any', () => {
    const subject = start();
    subject.connection.send([Buffer.from('a'), Buffer.alloc(0), Buffer.from('c')]);
    const bodies = commandsOf(subject).map(([kind, body]) => [kind, subject.traffic.open(body)]);
    const first = side === 'server' ? 2n : 3n;
    expect(bodies).toEqual([
      ['message', { flags: 1, body: 'a', nonce: first }],
      ['message', { flags: 1, body: '', nonce: first + 1n }],
      ['message', { flags: 0, body: 'c', nonce: first + 2n }],
    ]);
  });

  it('is 33 octets and the body', () => {
    const subject = start();
    for (const size of [0, 1, 10, 300]) {
      subject.connection.send([Buffer.alloc(size)]);
      expect(commandsOf(subject)[0]![1]).toHaveLength(33 + size);
    }
  });

  it.each([
    0,
    1,
    31,
    32,
    255,
    4096,
    COPY_MAX - 34,
    COPY_MAX - 33,
    COPY_MAX,
    65_536,
    PIECE - 2,
    PIECE - 1,
    PIECE,
    PIECE + 1,
    400_001,
  ])('of %i octets goes out and comes in whole, whatever its size', (size) => {
    const subject = start();
    const body = Buffer.from(nacl.randomBytes(size));
    subject.connection.send([body]);
    subject.connection.send([Buffer.from('next')]);
    const [first, second] = commandsOf(subject);
    expect(Buffer.from(subject.traffic.open(first![1]).body, 'latin1').equals(body)).toBe(true);
    expect(subject.traffic.open(second![1]).body).toBe('next');
    subject.connection.receive(subject.traffic.frame(0, body), 0);
    expect(subject.recorder.messages[0]![0]!.equals(body)).toBe(true);
  });

  it('is opened in every delivery', () => {
    const length = Buffer.concat([start().traffic.frame(1, 'ab'), start().traffic.frame(0, 'cd')]).length;
    for (let at = 0; at < length; at++) {
      const subject = start();
      const { traffic } = subject;
      const bytes = Buffer.concat([traffic.frame(1, 'ab'), traffic.frame(0, 'cd')]);
      const chunks = [Buffer.from(bytes.subarray(0, at)), Buffer.from(bytes.subarray(at))];
      expect(verdict(subject, chunks).log).toEqual(['message ab|cd']);
    }
  });

  it('may come as the command that RFC 26 makes of it', () => {
    const { connection, recorder, traffic } = start();
    connection.receive(Buffer.concat([frame(COMMAND, traffic.seal(1, 'a')), frame(COMMAND, traffic.seal(0, 'b'))]), 0);
    connection.receive(frame(COMMAND, traffic.seal(0, Buffer.alloc(100_000))), 0);
    expect(recorder.log).toEqual(['message a|b', `message ${'\0'.repeat(100_000)}`]);
  });

  it('V11 closes below 33 octets', () => {
    for (let size = 8; size < 33; size++) {
      const { traffic, ...subject } = start();
      const bytes = frame(0, traffic.seal(0).subarray(0, size));
      expect([size, verdict(subject, [bytes]).violation]).toEqual([size, 'message-malformed']);
    }
    goodPeerWorks();
  });

  it.each([
    ['a message in the clear', message('x'), 'command-malformed'],
    ['a long message in the clear', message('hello, world, this is no MESSAGE of CURVE'), 'command-malformed'],
    ['an empty message', message(''), 'command-malformed'],
    ['PING in the clear', command('PING', '\0\0'), 'command-unexpected'],
    ['SUBSCRIBE in the clear', command('SUBSCRIBE', 'x'), 'command-unexpected'],
    ['READY in the clear', ready('PUSH'), 'command-unexpected'],
    ['ERROR in the clear', error('400'), 'command-unexpected'],
    ['a MESSAGE without a nonce', frame(0, commandBody('MESSAGE')), 'message-malformed'],
  ])('V14 closes on %s', (_, bytes, violation) => {
    eachDelivery(bytes, (chunks) => {
      expect(verdict(start(), chunks)).toMatchObject({ log: [], violation, state: 'closed' });
    });
    goodPeerWorks();
  });

  it('F2 closes on a sealed frame with the MORE flag', () => {
    const { traffic, ...subject } = start();
    expect(verdict(subject, [frame(MORE, traffic.seal(0, 'x'))]).violation).toBe('frame-flags');
    goodPeerWorks();
  });

  it('V15 closes on reserved bits in the box, and on a command with more', () => {
    for (const flags of [0, 1, 2, 3, 4, 5, 6, 8, 16, 32, 64, 128, 129, 130, 252, 255]) {
      const { traffic, ...subject } = start();
      const { violation } = verdict(subject, [traffic.frame(flags, '\x04PONG')]);
      expect([flags, violation]).toEqual([flags, flags <= 2 ? undefined : 'message-malformed']);
    }
    goodPeerWorks();
  });

  it('V13 closes when any octet is changed', () => {
    const { length } = start().traffic.frame(0, 'secret');
    for (let at = 0; at < length; at++) {
      const { traffic, ...subject } = start();
      const changed = traffic.frame(0, 'secret');
      changed[at]! ^= 1 << (at % 8);
      const { violation, log } = verdict(subject, [changed, Buffer.alloc(70_000)]);
      expect([at, violation !== undefined, log]).toEqual([at, true, []]);
    }
    goodPeerWorks();
  });

  it('closes on a nonce that does not rise', () => {
    const next = side === 'server' ? 3n : 2n;
    for (const nonces of [
      [next, next],
      [next - 1n],
      [0n],
      [2n ** 32n, 2n ** 32n - 1n],
      [2n ** 64n - 1n, 2n ** 64n - 1n],
      [9n, 8n],
    ]) {
      const { traffic, ...subject } = start();
      const bytes = nonces.map((nonce) => frame(0, traffic.seal(0, 'x', nonce)));
      const { violation, log } = verdict(subject, bytes);
      expect([nonces, violation, log.length]).toEqual([nonces, 'nonce-order', nonces.length - 1]);
    }
    goodPeerWorks();
  });

  it('may leave nonces out', () => {
    const { traffic, ...subject } = start();
    const nonces = [5n, 7n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n];
    const { log } = verdict(
      subject,
      nonces.map((nonce) => frame(0, traffic.seal(0, 'x', nonce))),
    );
    expect(log).toEqual(nonces.map(() => 'message x'));
  });

  it('cannot be played back, to this side or to the other', () => {
    const { traffic, ...subject } = start();
    const bytes = traffic.frame(0, 'once');
    expect(verdict(subject, [Buffer.from(bytes), Buffer.from(bytes)])).toMatchObject({
      log: ['message once'],
      violation: 'nonce-order',
    });
    const mirror = start();
    mirror.connection.send([Buffer.from('mine')]);
    const own = frame(0, commandsOf(mirror)[0]![1]);
    expect(['box-closed', 'nonce-order']).toContain(verdict(mirror, [own]).violation);
    goodPeerWorks();
  });

  it('counts what is in it against maxMessageSize, not itself; commands count against their own limit', () => {
    const { traffic, ...subject } = start({ maxMessageSize: 4 });
    const bytes = [
      traffic.frame(0, 'abcd'),
      traffic.frame(1, 'ab'),
      traffic.frame(2, commandBody('PING', '\0\0long context')),
      traffic.frame(0, 'cd'),
    ];
    expect(verdict(subject, bytes)).toMatchObject({ log: ['message abcd', 'message ab|cd'], violation: undefined });
    for (const bad of [
      [[0, 'abcde']],
      [
        [1, 'abc'],
        [0, 'de'],
      ],
      [[1, 'abcde']],
    ] as const) {
      const { traffic: more, ...other } = start({ maxMessageSize: 4 });
      const frames = bad.map(([flags, body]) => more.frame(flags, body));
      expect(verdict(other, frames).violation).toBe('frame-size');
    }
    goodPeerWorks();
  });

  it('with a command of more than 64 KiB in it closes, unless it is for a publisher', () => {
    const topic = 't'.repeat(70_000);
    const pull = start();
    const sealed = (traffic: TwinTraffic) => traffic.frame(2, commandBody('SUBSCRIBE', topic));
    expect(verdict(pull, [sealed(pull.traffic)]).violation).toBe('frame-size');
    const xpub = start({ socketType: 'XPUB' }, 'SUB');
    expect(verdict(xpub, [sealed(xpub.traffic)])).toMatchObject({ log: [`+${topic}`], violation: undefined });
  });

  it('F4 that announces more than there may be costs nothing', () => {
    const { traffic, ...subject } = start({ maxMessageSize: 100 });
    const bytes = longFrame(0, traffic.seal(0), 2n ** 40n);
    expect(verdict(subject, [bytes]).violation).toBe('frame-size');
  });
});

describe('V16 commands inside MESSAGE keep their meaning', () => {
  it('PING is answered, PONG heard, unknown ones counted', () => {
    const { connection, traffic } = serverInTraffic();
    const subject = { connection } as Parameters<typeof commandsOf>[0];
    connection.receive(traffic.frame(2, commandBody('PING', '\0\x64context')), 0);
    expect(traffic.open(commandsOf(subject)[0]![1])).toMatchObject({ flags: 2, body: '\x04PONGcontext' });
    connection.receive(Buffer.concat([traffic.frame(2, commandBody('PONG')), traffic.frame(2, commandBody('X'))]), 0);
    expect(connection.ignoredCommands).toBe(1);
  });

  it('PING is sent when it is due', () => {
    const subject = clientInTraffic({ heartbeat: { interval: 10, timeout: 20, timeToLive: 0 } });
    subject.connection.timeout(10);
    expect(subject.traffic.open(commandsOf(subject)[0]![1])).toMatchObject({ flags: 2, body: '\x04PING\0\0' });
  });

  it('SUBSCRIBE and CANCEL are topics, either way', () => {
    const xpub = serverInTraffic({ socketType: 'XPUB' }, 'SUB');
    const { traffic, connection, recorder } = xpub;
    for (const name of ['SUBSCRIBE', 'CANCEL']) connection.receive(traffic.frame(2, commandBody(name, 'topic')), 0);
    connection.receive(Buffer.concat([traffic.frame(0, '\x01old'), traffic.frame(0, '\0old')]), 0);
    expect(recorder.log).toEqual(['+topic', '-topic', '+old', '-old']);
    const sub = clientInTraffic({ socketType: 'SUB' }, 'PUB');
    sub.connection.subscribe(Buffer.from('t'), true);
    sub.connection.subscribe(Buffer.from('t'), false);
    const sent = commandsOf(sub).map(([, body]) => sub.traffic.open(body));
    expect(sent.map(({ flags, body }) => [flags, body])).toEqual([
      [2, '\x09SUBSCRIBEt'],
      [2, '\x06CANCELt'],
    ]);
  });

  it('C9, C10 READY and ERROR close', () => {
    for (const name of ['READY', 'ERROR']) {
      const { traffic, ...subject } = serverInTraffic();
      expect(verdict(subject, [traffic.frame(2, commandBody(name))]).violation).toBe('command-unexpected');
    }
  });

  it('C1, C2, C3, C5 malformed ones close', () => {
    for (const body of ['', '\0', '\x05ab', '\x01\xff']) {
      const { traffic, ...subject } = serverInTraffic();
      expect(verdict(subject, [traffic.frame(2, Buffer.from(body, 'latin1'))]).violation).toBe('command-malformed');
    }
  });
});

describe('CurveCipher', () => {
  const make = (side: 'client' | 'server', key: Buffer, last = 0) =>
    new CurveCipher(sodium, side, Buffer.from(key), new SendingNonces(last), new ReceivedNonces());

  it('F14 seals a small body where the next one goes, and a large one in memory of its own', () => {
    const cipher = make('client', Buffer.alloc(32, 1));
    const small = [cipher.seal(0, Buffer.of(1)), cipher.seal(0, Buffer.of(2))];
    expect(small[0]!.equals(small[1]!)).toBe(true);
    const large = [1, 2].map((octet) => cipher.seal(0, Buffer.alloc(COPY_MAX - 32, octet)));
    expect(large[0]!.equals(large[1]!)).toBe(false);
    expect(large[0]!.buffer).not.toBe(sodium.heap.buffer);
  });

  it('gives the other side what it was given, and what another implementation gives it, of any size and flags', () => {
    const size = fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 200 }) },
      fc.integer({ min: COPY_MAX - 40, max: COPY_MAX }),
      fc.integer({ min: PIECE - 3, max: PIECE + 3 }),
      fc.integer({ min: 0, max: 3 * PIECE }),
    );
    const key = Buffer.alloc(32, 5);
    const [one, other] = [make('client', key), make('server', key)];
    fc.assert(
      fc.property(size, fc.constantFrom(0, FLAG_MORE, FLAG_COMMAND), fc.nat(255), (length, flags, octet) => {
        const body = Buffer.alloc(length, octet);
        const sealed = Buffer.from(one.seal(flags, body));
        const nonce = Buffer.concat([Buffer.from('CurveZMQMESSAGEC'), sealed.subarray(8, 16)]);
        const plain = nacl.secretbox.open(sealed.subarray(16), nonce, key)!;
        expect(Buffer.from(plain.subarray(1)).equals(body)).toBe(true);
        expect(other.open(sealed).equals(body)).toBe(true);
        expect(other.flags).toBe(flags);
      }),
      { numRuns: 200 },
    );
  });

  it('V13 opens nothing that was changed, of any size', () => {
    const key = Buffer.alloc(32, 6);
    for (const size of [0, 100, COPY_MAX, PIECE - 1, PIECE, 2 * PIECE + 1]) {
      for (const at of [16, 31, 32, -1]) {
        const sealed = Buffer.from(make('client', key).seal(0, Buffer.alloc(size)));
        sealed[at < 0 ? sealed.length + at : at]! ^= 1;
        expect(violationOf(() => make('server', key).open(sealed))).toBe('box-closed');
      }
    }
  });

  it('opens into the memory that it was given', () => {
    const key = Buffer.alloc(32, 1);
    const sealed = Buffer.from(make('client', key).seal(FLAG_MORE, Buffer.from('text')));
    const cipher = make('server', key);
    const opened = cipher.open(sealed);
    expect([cipher.flags, opened.toString(), opened.buffer]).toEqual([FLAG_MORE, 'text', sealed.buffer]);
  });

  it('keeps the flags of commands, which have another bit in the box', () => {
    const key = Buffer.alloc(32, 2);
    const cipher = make('server', key);
    cipher.open(Buffer.from(make('client', key).seal(FLAG_COMMAND, commandBody('PING'))));
    expect(cipher.flags).toBe(FLAG_COMMAND);
  });

  it('V19 seals nothing once it is erased, and its key is no more', () => {
    const key = Buffer.alloc(32, 3);
    const cipher = new CurveCipher(sodium, 'client', key, new SendingNonces(), new ReceivedNonces());
    cipher.seal(0, Buffer.from('x'));
    expect(sodium.heap.includes(3)).toBe(true);
    cipher.erase();
    expect([key.equals(Buffer.alloc(32)), Buffer.from(sodium.heap.buffer).includes(Buffer.alloc(32, 3))]).toEqual([
      true,
      false,
    ]);
    expect(() => cipher.seal(0, Buffer.from('x'))).toThrow('over');
    // Erasing another leaves what is in use alone.
    const other = make('client', Buffer.alloc(32, 4));
    other.seal(0, Buffer.from('x'));
    cipher.erase();
    expect(Buffer.from(sodium.heap.buffer).includes(Buffer.alloc(32, 4))).toBe(true);
    other.erase();
  });
});

describe('nonces', () => {
  it('count from 1, in 64 bits', () => {
    const nonces = new SendingNonces();
    const bytes = Buffer.alloc(8);
    for (const expected of [1n, 2n, 3n]) {
      nonces.write(bytes, 0);
      expect(bytes).toEqual(counter(expected));
    }
    for (const last of [255, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 53 - 2]) {
      new SendingNonces(last).write(bytes, 0);
      expect(bytes).toEqual(counter(BigInt(last) + 1n));
    }
  });

  it('end before they repeat', () => {
    expect(() => new SendingNonces(Number.MAX_SAFE_INTEGER).write(Buffer.alloc(8), 0)).toThrow('no nonce is left');
  });

  it('of a peer must rise', () => {
    const seen = new ReceivedNonces();
    for (const value of [0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 33n, 2n ** 64n - 1n]) {
      seen.check(counter(value), 0);
      expect(violationOf(() => seen.check(counter(value), 0))).toBe('nonce-order');
      if (value > 0n) expect(violationOf(() => seen.check(counter(value - 1n), 0))).toBe('nonce-order');
    }
  });
});
