// What a refusal says (`detail`): what came, what was allowed and which option changes that. It is all that the owner of either
// program has to find the fault by.

import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../src/errors.js';
import type { ConnectionLimits } from '../../src/protocol/limits.js';
import { inTraffic, type PeerSetup, started } from '../support/connections.js';
import * as wire from '../support/wire.js';

const { COMMAND, command, frame, greeting, longFrame, MORE, message, property, ready } = wire;

const limits = (some: Partial<ConnectionLimits>): PeerSetup => ({ limits: some });
const oversized = (flags: number, size: number): Buffer => longFrame(flags, '', BigInt(size));

function detailOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ProtocolError) return error.detail;
    throw error;
  }
  return 'nothing';
}

describe('before the greeting is done', () => {
  it.each([
    ['HTTP', Buffer.from('GET /'), 'octet 0 of the greeting is 0x47: not ZMTP'],
    ['ZMTP 1.0', Buffer.from('ff000000000000000002', 'hex'), 'octet 9 of the greeting is 0x2: not ZMTP'],
    ['ZMTP 2.0', greeting({ major: 2 }), 'the peer speaks ZMTP 2, version 3 is the oldest accepted'],
    ['a lower-case mechanism', greeting({ mechanism: 'null' }), 'mechanism name "null" is malformed'],
    ['another mechanism', greeting({ mechanism: 'PLAIN' }), "the peer's mechanism is PLAIN, ours is NULL"],
  ])('%s', (_, bytes, detail) => {
    expect(detailOf(() => started().connection.receive(bytes, 0))).toBe(detail);
  });

  it('a second server', () => {
    const mechanism = { name: 'PLAIN', asServer: true } as NonNullable<PeerSetup['mechanism']>;
    const bytes = greeting({ mechanism: 'PLAIN', asServer: 1 });
    const { connection } = started({ mechanism });
    expect(detailOf(() => connection.receive(bytes, 0))).toBe('the peer is a server of PLAIN, and so are we');
  });
});

describe('before the handshake is done', () => {
  const HANDSHAKE_RULE = 'is over the limit of 65536 bytes (option maxHandshakeFrameSize)';

  it.each<[string, Buffer, string, PeerSetup?]>([
    ['a message', message('x'), 'a message before the handshake is done'],
    ['too large a command', oversized(COMMAND, 65_537), `command frame of 65537 bytes ${HANDSHAKE_RULE}`],
    ['too large a message', oversized(0, 65_537), `message frame of 65537 bytes ${HANDSHAKE_RULE}`],
    ['an ERROR that ends early', command('ERROR', '\x05no'), 'the reason in an ERROR command does not fill it'],
    ['no type', command('READY'), 'the peer names no Socket-Type'],
    ['a wrong type', ready('REP'), 'a PULL socket cannot talk to a peer of type "REP"'],
    [
      'an endless type',
      ready('T'.repeat(50)),
      `a PULL socket cannot talk to a peer of type "${'T'.repeat(20)}… (50 characters)"`,
    ],
    ['a property without an end', ready('PUSH', Buffer.of(1)), 'metadata: a property is cut off'],
    ['a property name', ready('PUSH', property('a b', '')), 'metadata: property name "a b"'],
    ['a property value', ready('PUSH', property('X-Y', 'v', 2)), 'metadata: the value of X-Y is cut off'],
    [
      'too many properties',
      ready('PUSH', property('X', ''), property('Y', '')),
      '3 properties, over the limit of 2 (option maxMetadataProperties)',
      limits({ metadataProperties: 2 }),
    ],
    [
      'a routing id',
      ready('DEALER', property('Identity', '\0')),
      'a routing id is 1 to 255 bytes and does not begin with 00',
      { socketType: 'ROUTER' },
    ],
  ])('%s', (_, bytes, detail, setup = {}) => {
    const { connection } = started(setup);
    expect(detailOf(() => connection.receive(Buffer.concat([greeting(), bytes]), 0))).toBe(detail);
  });

  it('its time', () => {
    const { connection } = started({ handshakeInterval: 500 });
    const detail = 'no complete handshake within 500 ms (option handshakeInterval)';
    expect(detailOf(() => connection.timeout(500))).toBe(detail);
  });
});

describe('in traffic', () => {
  it.each<[string, Buffer, string, PeerSetup?]>([
    ['reserved flags', Buffer.of(0xa1), 'reserved bits set in frame flags 0xa1'],
    ['MORE on a command', Buffer.of(5), 'a command frame has the MORE flag'],
    [
      'too large a message',
      oversized(0, 11),
      'message frame of 11 bytes is over the limit of 10 bytes (option maxMessageSize)',
      { maxMessageSize: 10 },
    ],
    [
      'too large a command',
      oversized(COMMAND, 65_537),
      'command frame of 65537 bytes is over the limit of 65536 bytes (no command is longer)',
    ],
    [
      'too large a subscription',
      oversized(COMMAND, 117),
      'command frame of 117 bytes is over the limit of 116 bytes (option maxSubscriptionBytes)',
      { socketType: 'PUB', ...limits({ topicSize: 100 }) },
    ],
    [
      'too many parts',
      Buffer.concat([frame(MORE, ''), frame(MORE, '')]),
      'a message of more than 2 parts (option maxMessageParts)',
      limits({ messageParts: 2 }),
    ],
    ['no name', frame(COMMAND, '\x05PING'), 'command body of 5 bytes holds no name of 5 bytes'],
    ['an empty name', frame(COMMAND, '\0x'), 'command body of 2 bytes holds no name of 0 bytes'],
    ['a name with a digit', command('P1NG'), 'command name "P1NG" is not made of letters'],
    ['READY', ready('PUSH'), 'READY after the handshake'],
    ['ERROR', wire.error('late'), 'ERROR after the handshake'],
    ['an empty PING', command('PING'), 'PING carries 0 bytes, not 2 to 18'],
  ])('%s', (_, bytes, detail, setup = {}) => {
    const { connection } = inTraffic(setup);
    expect(detailOf(() => connection.receive(bytes, 0))).toBe(detail);
  });
});
