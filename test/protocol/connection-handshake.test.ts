// From the first octet to `ready`: what a Connection sends, what it takes from a peer and what it refuses, in every
// delivery (RFC 23, RFC 37 §Greeting, §NULL, §Metadata; case ids of the list of bad input).

import { describe, expect, it } from 'vitest';
import { VIOLATIONS, type Violation } from '../../src/errors.js';
import { LIMITS } from '../../src/protocol/limits.js';
import type { SocketType } from '../../src/protocol/socket-types.js';
import { introduction, type Setup, sent, started, verdict } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { saying } from '../support/errors.js';
import * as wire from '../support/wire.js';

const { command, greeting, property, ready } = wire;
const FRAME_MAX = LIMITS.handshakeFrameSize;

/** The peer's greeting in one piece, then these bytes in every delivery; a PULL socket unless told otherwise. */
function closes(bytes: Buffer, violation: Violation, setup: Setup = {}): void {
  eachDelivery(bytes, (chunks) => {
    const result = verdict(started(setup), [greeting(), ...chunks]);
    expect(result).toMatchObject({ log: [], violation, state: 'closed' });
  });
}

/** The PeerInfo that these bytes lead to. */
function accepted(bytes: Buffer, setup: Setup = {}) {
  const subject = started(setup);
  expect(verdict(subject, [greeting(), bytes])).toMatchObject({ violation: undefined, state: 'traffic' });
  return subject.recorder.peer;
}

describe('a handshake', () => {
  it('is greeting and READY each way, in every delivery', () => {
    eachDelivery(introduction('PUSH'), (chunks) => {
      expect(verdict(started(), chunks)).toEqual({
        log: ['ready PUSH'],
        violation: undefined,
        state: 'traffic',
        sent: ['greeting', 'READY \x0bSocket-Type\0\0\0\x04PULL'],
      });
    });
  });

  it('begins with our whole greeting, and READY waits for the peer to greet', () => {
    const { connection } = started();
    expect(connection.state).toBe('greeting');
    expect(sent(connection)).toEqual(['greeting']);
    connection.receive(greeting().subarray(0, 63), 0);
    expect([connection.state, sent(connection)]).toEqual(['greeting', []]);
    connection.receive(greeting().subarray(63), 0);
    expect(connection.state).toBe('handshake');
    expect(sent(connection)).toEqual(['READY \x0bSocket-Type\0\0\0\x04PULL']);
  });

  it('and the first messages may come in one segment', () => {
    const bytes = Buffer.concat([introduction('PUSH'), wire.message('a', 'b'), wire.message('c')]);
    eachDelivery(bytes, (chunks) => {
      expect(verdict(started(), chunks)).toMatchObject({ log: ['ready PUSH', 'message a|b', 'message c'] });
    });
  });

  it('is the same with a 3.0 peer, and with one of a later major version', () => {
    for (const version of [{ minor: 0 }, { major: 4, minor: 0 }, { minor: 255 }]) {
      const bytes = Buffer.concat([greeting(version), ready('PUSH')]);
      expect(verdict(started(), [bytes])).toMatchObject({ log: ['ready PUSH'], state: 'traffic' });
    }
  });

  it('tells what the peer said of itself', () => {
    const peer = accepted(ready('DEALER', property('Identity', 'me'), property('X-Own', 'value')), {
      socketType: 'ROUTER',
    });
    expect(peer.socketType).toBe('DEALER');
    expect(peer.routingId).toEqual(Buffer.from('me'));
    expect(peer.properties.get('x-own')).toEqual(Buffer.from('value'));
    expect(peer.userId).toBeUndefined();
  });

  it.each([
    ['00 alone', '0000000000000000', false],
    ['a length of ZMTP 1.0, as of libzmq', '0000000000000005', true],
  ])('with padding of %s tells how the peer counts subscriptions', (_, padding, subscriptionsAreASet) => {
    const { connection, recorder } = started({ socketType: 'PUB' });
    const signature = Buffer.from(`ff${padding}7f`, 'hex');
    connection.receive(Buffer.concat([greeting({ signature }), ready('SUB')]), 0);
    expect(recorder.peer.subscriptionsAreASet).toBe(subscriptionsAreASet);
  });

  it('that failed leaves no trace in the next one', () => {
    for (const bad of [Buffer.from('GET /'), Buffer.concat([greeting(), Buffer.from([0x80])])]) {
      expect(verdict(started(), [bad]).state).toBe('closed');
      expect(verdict(started(), [introduction('PUSH')])).toMatchObject({ log: ['ready PUSH'], state: 'traffic' });
    }
  });
});

describe('the greeting', () => {
  it.each([
    ['G1 HTTP', Buffer.from('GET / HTTP/1.0\r\n'), 'greeting-signature'],
    ['G2 TLS', Buffer.from('16030100c8', 'hex'), 'greeting-signature'],
    ['G3 SSH', Buffer.from('SSH-2.0-x\r\n'), 'greeting-signature'],
    ['G4 ZMTP 1.0', Buffer.from('0100', 'hex'), 'greeting-signature'],
    ['G5 a clear bit 0 at octet 9', Buffer.from('ff000000000000000000', 'hex'), 'greeting-signature'],
    ['G7 ZMTP 2.0', Buffer.from('ff00000000000000007f01', 'hex'), 'greeting-version'],
    ['G12 a lower-case mechanism', greeting({ mechanism: 'null' }), 'greeting-mechanism'],
    ['G12 no mechanism', greeting({ mechanism: '' }), 'greeting-mechanism'],
    ['G12 20 letters', greeting({ mechanism: 'ABCDEFGHIJKLMNOPQRST' }), 'greeting-mechanism'],
    ['G13 a mechanism that is not ours', greeting({ mechanism: 'CURVE', asServer: 1 }), 'greeting-mechanism'],
    ['G13 a mechanism that begins like ours', greeting({ mechanism: 'NULL2' }), 'greeting-mechanism'],
  ] as const)('%s closes, and we have sent our greeting only', (_, bytes, violation) => {
    eachDelivery(bytes, (chunks) => {
      const expected = { log: [], violation, state: 'closed', sent: ['greeting'] };
      expect(verdict(started(), chunks)).toEqual(expected);
    });
  });

  it('G13 names both mechanisms', () => {
    const { connection } = started();
    expect(() => connection.receive(greeting({ mechanism: 'CURVE' }), 0)).toThrow(
      saying("the peer's mechanism is CURVE, ours is NULL"),
    );
  });

  it('G6, G11, G15 padding, filler and as-server of a NULL peer mean nothing', () => {
    const odd = greeting({
      signature: Buffer.from('ff123456789abcdef001', 'hex'),
      asServer: 1,
      filler: Buffer.alloc(31, 9),
    });
    const bytes = Buffer.concat([odd, ready('PUSH')]);
    eachDelivery(bytes, (chunks) => expect(verdict(started(), chunks)).toMatchObject({ log: ['ready PUSH'] }));
  });

  it('G10 63 octets and the end of the stream leave nothing behind', () => {
    const { connection, recorder } = started();
    expect(connection.receive(greeting().subarray(0, 63), 0)).toBe(true);
    connection.close();
    expect(connection.state).toBe('closed');
    expect(recorder.log).toEqual([]);
  });
});

describe('commands before READY', () => {
  it.each([
    ['C1 an empty command', wire.frame(wire.COMMAND, ''), 'command-malformed'],
    ['C2 a name of no letters', wire.frame(wire.COMMAND, '\0'), 'command-malformed'],
    ['C3 a name longer than the body', wire.frame(wire.COMMAND, '\x06READY'), 'command-malformed'],
    ['C5 a non-ASCII name', command('R\xc9ADY'), 'command-malformed'],
    ['C7 an unknown name', command('HELLO'), 'command-unexpected'],
    ['C8 PING', wire.ping(0), 'command-unexpected'],
    ['C8 PONG', wire.pong(), 'command-unexpected'],
    ['C8 SUBSCRIBE', wire.subscribe('a'), 'command-unexpected'],
    ['C8 CANCEL', wire.cancel('a'), 'command-unexpected'],
    ['C11 ready', command('ready'), 'command-unexpected'],
    ['C11 Ready', command('Ready', property('Socket-Type', 'PUSH')), 'command-unexpected'],
    ['C12 a message', wire.message('early'), 'message-early'],
    ['C12 a part', wire.frame(wire.MORE, 'early'), 'message-early'],
    ['C13 READY as a message frame', wire.frame(0, ready('PUSH').subarray(2)), 'message-early'],
    ['F1 reserved flag bits', Buffer.from('8400', 'hex'), 'frame-flags'],
    ['F2 MORE on a command', Buffer.from('0506', 'hex'), 'frame-flags'],
    ['N13 ERROR', wire.error('Not you'), 'peer-error'],
    ['an ERROR without a reason', command('ERROR'), 'error-malformed'],
  ] as const)('%s closes', (_, bytes, violation) => {
    closes(bytes, violation);
  });

  it('C8 a subscription before READY closes a PUB too', () => {
    closes(wire.subscribe('a'), 'command-unexpected', { socketType: 'PUB' });
    closes(wire.message('\x01a'), 'message-early', { socketType: 'PUB' });
  });

  it('N13 an ERROR names its reason, and the dialler need not try again', () => {
    const { connection } = started();
    expect(() => connection.receive(Buffer.concat([greeting(), wire.error('Not you')]), 0)).toThrow(
      saying('"Not you"'),
    );
    expect(VIOLATIONS['peer-error'].retry).toBe(false);
  });
});

describe('READY', () => {
  it.each([
    ['N1 no Socket-Type', command('READY'), 'metadata-malformed'],
    ['N1 other properties only', command('READY', property('Identity', 'x')), 'metadata-malformed'],
    ['N4 a name of no characters', ready('PUSH', property('', 'x')), 'metadata-malformed'],
    ['N5 a value longer than the rest', ready('PUSH', property('Identity', 'abc', 4)), 'metadata-malformed'],
    ['N5 a value of 2^31', ready('PUSH', property('X', '', 2 ** 31)), 'metadata-malformed'],
    ['N5 a value of 2^32-1', ready('PUSH', property('X', '', 2 ** 32 - 1)), 'metadata-malformed'],
    ['N6 a trailing octet', ready('PUSH', Buffer.of(0)), 'metadata-malformed'],
    ['N8 PULL to PULL', ready('PULL'), 'socket-type'],
    ['N8 an unknown type', ready('CLIENT'), 'socket-type'],
    ['N8 an empty type', ready(''), 'socket-type'],
    ['N9 a trailing NUL', ready('PUSH\0'), 'socket-type'],
    ['N9 a trailing space', ready('PUSH '), 'socket-type'],
    ['N9 lower case', ready('push'), 'socket-type'],
  ] as const)('%s closes', (_, bytes, violation) => {
    closes(bytes, violation);
  });

  it('N2 is read whatever the case of its names', () => {
    for (const name of ['SOCKET-TYPE', 'socket-type', 'sOcKeT-tYpE']) {
      expect(accepted(command('READY', property(name, 'PUSH'))).socketType).toBe('PUSH');
    }
  });

  it('N8 a wrong type is told so with ERROR behind our READY, and need not be tried again', () => {
    const result = verdict(started(), [introduction('REP')]);
    expect(result.sent.at(-1)).toBe('ERROR \x18Incompatible socket type');
    expect(VIOLATIONS['socket-type'].retry).toBe(false);
    const { connection } = started();
    expect(() => connection.receive(introduction('REP'), 0)).toThrow(saying(/PULL.*"REP"/));
  });

  it('N14 may fill 64 KiB and no more: the limit speaks when the header is here', () => {
    const base = command('READY', property('Socket-Type', 'PUSH')).length - 2;
    const filled = (size: number) => ready('PUSH', property('X', Buffer.alloc(size - base - 6)));
    expect(filled(FRAME_MAX)).toHaveLength(FRAME_MAX + 9);
    expect(accepted(filled(FRAME_MAX)).socketType).toBe('PUSH');
    closes(filled(FRAME_MAX + 1).subarray(0, 9), 'frame-size');
    closes(wire.longFrame(0, '', BigInt(FRAME_MAX + 1)), 'frame-size');
  });

  it.each([2, 3, LIMITS.metadataProperties])('may have %i properties, and no more', (metadataProperties) => {
    const properties = Array.from({ length: metadataProperties }, (_, i) => property(`X-${i}`, ''));
    const limits = { metadataProperties };
    expect(accepted(ready('PUSH', ...properties.slice(1)), { limits }).properties.size).toBe(metadataProperties);
    closes(ready('PUSH', ...properties), 'metadata-limit', { limits });
    // A name that is sent again is the same property.
    accepted(ready('PUSH', ...properties.slice(1), property('x-1', 'again')), { limits });
  });

  it.each([1024, 65_537, 1_000_000])('may fill a frame of %i bytes where that is the limit', (handshakeFrameSize) => {
    const limits = { handshakeFrameSize };
    const base = command('READY', property('Socket-Type', 'PUSH')).length - 2;
    const filled = (size: number) => ready('PUSH', property('X', Buffer.alloc(size - base - 6)));
    expect(accepted(filled(handshakeFrameSize), { limits }).socketType).toBe('PUSH');
    closes(filled(handshakeFrameSize + 1).subarray(0, 9), 'frame-size', { limits });
  });

  it('limits no message by the size allowed before it', () => {
    const large = Buffer.alloc(FRAME_MAX + 1, 'x');
    const subject = started();
    verdict(subject, [introduction('PUSH'), wire.message(large)]);
    expect(subject.recorder.messages[0]![0]!.equals(large)).toBe(true);
  });
});

describe('the routing id', () => {
  const withId = (peerType: string, id: Uint8Array | string) => ready(peerType, property('Identity', id));

  it.each([1, 254, 255])('N10 may have %i bytes', (size) => {
    const id = Buffer.alloc(size, 'x');
    expect(accepted(withId('DEALER', id), { socketType: 'ROUTER' }).routingId).toEqual(id);
  });

  it('N10 is empty when it is empty or not sent', () => {
    for (const bytes of [withId('REQ', ''), ready('REQ')]) {
      expect(accepted(bytes, { socketType: 'ROUTER' }).routingId).toHaveLength(0);
    }
  });

  it.each([
    ['256 bytes', Buffer.alloc(256, 'x')],
    ['a leading 00', Buffer.from([0, 1])],
    ['00 alone', Buffer.from([0])],
  ])('N10 of %s closes', (_, id) => {
    closes(withId('DEALER', id), 'routing-id', { socketType: 'ROUTER' });
  });

  it.each([
    ['PUSH', 'PULL'],
    ['SUB', 'XPUB'],
    ['PUB', 'SUB'],
    ['PAIR', 'PAIR'],
    ['REP', 'DEALER'],
  ] as const)('N11 of a %s is ignored, even an illegal one', (peerType, socketType: SocketType) => {
    for (const id of ['name', '\0', 'x'.repeat(256)]) {
      expect(accepted(withId(peerType, id), { socketType }).routingId).toHaveLength(0);
    }
  });
});
