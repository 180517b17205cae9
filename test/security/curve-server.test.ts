// The server of CURVE (RFC 26) against a client written by hand: its commands, and every way a client can get them wrong. Each
// case ends that connection, and the next client is served.

import { describe, expect, it } from 'vitest';
import { AuthError } from '../../src/errors.js';
import type { Setup, Subject } from '../support/connections.js';
import { sent, verdict } from '../support/connections.js';
import {
  answerTo,
  clientGreeting,
  commandsOf,
  curveServer,
  keys,
  SERVER_KEYS,
  serverGreeting,
  TwinClient,
} from '../support/curve.js';
import { deliveries, eachDelivery } from '../support/deliveries.js';
import { command, message, property } from '../support/wire.js';

const twin = (): TwinClient => new TwinClient(SERVER_KEYS.publicKey);
const greeted = (...bytes: Buffer[]): Buffer => Buffer.concat([clientGreeting, ...bytes]);

/** A server that has said WELCOME to the client. */
function welcoming(client: TwinClient, setup: Setup = {}, status: 200 | 300 | 400 | 500 = 200): Subject {
  const subject = curveServer(setup, status);
  subject.connection.output.take();
  client.welcomed(answerTo(subject, greeted(command('HELLO', client.hello()))));
  subject.recorder.log.length = 0;
  return subject;
}

function goodClientWorks(): void {
  const client = twin();
  const subject = welcoming(client);
  client.ready(answerTo(subject, command('INITIATE', client.initiate())));
  subject.connection.receive(client.traffic.frame(0, 'first'), 0);
  expect(subject.recorder.log.slice(-2)).toEqual(['ready PUSH', 'message first']);
}

describe('CurveServer', () => {
  it('lets an honest client in, and tells who it is', () => {
    const client = twin();
    const subject = welcoming(client);
    const [ready, ...more] = (() => {
      subject.connection.receive(command('INITIATE', client.initiate()), 0);
      return commandsOf(subject);
    })();
    expect([ready?.[0], more]).toEqual(['READY', []]);
    expect(client.ready(ready![1])).toEqual(property('Socket-Type', 'PULL'));
    expect(ready![1].readBigUInt64BE()).toBe(1n);
    const id = client.long.publicKey.toString('latin1');
    expect(subject.recorder.log).toEqual(['work', `zap CURVE|${id}`, 'ready PUSH']);
  });

  it('answers a HELLO with a WELCOME of 168 octets, smaller than the HELLO', () => {
    const subject = curveServer();
    subject.connection.output.take();
    const hello = twin().hello();
    expect(answerTo(subject, greeted(command('HELLO', hello)))).toHaveLength(160);
    expect(hello).toHaveLength(194);
  });

  it('makes other keys, cookies and nonces for each connection', () => {
    const clients = Array.from({ length: 5 }, twin);
    for (const client of clients) welcoming(client);
    expect(new Set(clients.map(({ serverShort }) => serverShort.toString('hex'))).size).toBe(5);
  });

  it('does its work in every delivery', () => {
    const client = twin();
    eachDelivery(greeted(command('HELLO', client.hello())), (chunks) => {
      expect(verdict(curveServer(), chunks)).toMatchObject({ log: ['work'], violation: undefined, state: 'handshake' });
    });
    const initiating = twin();
    const subjects = deliveries(Buffer.alloc(command('INITIATE', Buffer.alloc(300)).length)).length;
    for (let at = 0; at < subjects; at += 7) {
      const subject = welcoming(initiating);
      const bytes = command('INITIATE', initiating.initiate());
      subject.connection.receive(Buffer.from(bytes.subarray(0, at)), 0);
      subject.connection.receive(Buffer.from(bytes.subarray(at)), 0);
      expect(subject.connection.state).toBe('traffic');
    }
  });

  const BAD_HELLOS: [what: string, make: (client: TwinClient) => Buffer, violation: string][] = [
    ['V1 nothing in it', () => Buffer.alloc(0), 'hello-malformed'],
    ['V1 an octet too few', (client) => client.hello().subarray(0, -1), 'hello-malformed'],
    ['V1 an octet too many', (client) => Buffer.concat([client.hello(), Buffer.of(0)]), 'hello-malformed'],
    ['V2 version 2.0', (client) => client.hello({ version: '\x02\x00' }), 'hello-malformed'],
    ['V2 version 1.1', (client) => client.hello({ version: '\x01\x01' }), 'hello-malformed'],
    ['V2 version 0.0', (client) => client.hello({ version: '\x00\x00' }), 'hello-malformed'],
    ['a padding that is not zero', (client) => client.hello({ padding: Buffer.alloc(72, 1) }), 'hello-malformed'],
    ['V3 a box for another server', () => new TwinClient(keys().publicKey).hello(), 'box-closed'],
    ['V3 a box from another key than it names', (client) => client.hello({ key: keys().publicKey }), 'box-closed'],
    ['V4 a box with something else in it', (client) => client.hello({ plain: Buffer.alloc(64, 1) }), 'hello-malformed'],
  ];

  it.each(BAD_HELLOS)('closes on a HELLO with %s, in every delivery', (_, make, violation) => {
    const bytes = greeted(command('HELLO', make(twin())));
    eachDelivery(bytes, (chunks) => {
      expect(verdict(curveServer(), chunks)).toMatchObject({ violation, state: 'closed', sent: ['greeting'] });
    });
    goodClientWorks();
  });

  const zeroth = (last: number): Buffer => Buffer.from([...Buffer.alloc(31), last]).reverse();
  const LOW_ORDER: [what: string, key: Buffer][] = [
    ['0', zeroth(0)],
    ['1', zeroth(1)],
    ['order 8', Buffer.from('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', 'hex')],
    ['order 8, the other', Buffer.from('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157', 'hex')],
    ['p - 1', Buffer.from('ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'hex')],
    ['p', Buffer.from('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'hex')],
    ['p + 1', Buffer.from('eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', 'hex')],
  ];

  it.each(LOW_ORDER)('refuses a client key of low order: %s', (_, key) => {
    expect(verdict(curveServer(), [greeted(command('HELLO', twin().hello({ key })))]).violation).toBe('box-closed');
    const client = twin();
    const subject = welcoming(client);
    const bad = command('INITIATE', client.initiate({ claimed: key }));
    expect(verdict(subject, [bad]).violation).toBe('box-closed');
    goodClientWorks();
  });

  const BAD_INITIATES: [what: string, make: (client: TwinClient) => Buffer, violation: string][] = [
    ['V7 nothing in it', () => Buffer.alloc(0), 'initiate-malformed'],
    [
      'V7 256 octets in all',
      (client) => client.initiate({ metadata: Buffer.alloc(0) }).subarray(0, -1),
      'initiate-malformed',
    ],
    ['V7 a cookie that is none', (client) => client.initiate({ cookie: Buffer.alloc(96) }), 'box-closed'],
    [
      'V7 a cookie of another connection',
      (client) => {
        const other = twin();
        welcoming(other);
        return client.initiate({ cookie: other.initiate().subarray(0, 96) });
      },
      'box-closed',
    ],
    [
      'V8 a vouch for another C′',
      (client) => client.initiate({ vouched: Buffer.concat([keys().publicKey, SERVER_KEYS.publicKey]) }),
      'vouch-mismatch',
    ],
    [
      'V8 a vouch for another S',
      (client) => client.initiate({ vouched: Buffer.concat([client.short.publicKey, keys().publicKey]) }),
      'vouch-mismatch',
    ],
    ['V8 a vouch by somebody else', (client) => client.initiate({ voucher: keys() }), 'box-closed'],
    ['V8 somebody else’s key', (client) => client.initiate({ claimed: keys().publicKey }), 'box-closed'],
    ['V8 a vouch of zeros', (client) => client.initiate({ vouch: Buffer.alloc(96) }), 'box-closed'],
    [
      'V9 N4 a property without a name',
      (client) => client.initiate({ metadata: property('', 'x') }),
      'metadata-malformed',
    ],
    [
      'V9 N5 a property that is cut off',
      (client) => client.initiate({ metadata: property('X', 'x', 2) }),
      'metadata-malformed',
    ],
    ['V9 N1 no Socket-Type', (client) => client.initiate({ metadata: property('X', 'x') }), 'metadata-malformed'],
    [
      'V9 N8 a type it cannot talk to',
      (client) => client.initiate({ metadata: property('Socket-Type', 'SUB') }),
      'socket-type',
    ],
    ['a nonce that HELLO had', (client) => client.initiate({ nonce: 1n }), 'nonce-order'],
    ['a nonce below that of HELLO', (client) => client.initiate({ nonce: 0n }), 'nonce-order'],
  ];

  it.each(BAD_INITIATES)('closes on an INITIATE with %s', (_, make, violation) => {
    for (const piece of [1000, 1, 100]) {
      const client = twin();
      const subject = welcoming(client);
      const bytes = command('INITIATE', make(client));
      const chunks = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, i) =>
        Buffer.from(bytes.subarray(i * piece, (i + 1) * piece)),
      );
      expect(verdict(subject, chunks)).toMatchObject({ violation, state: 'closed' });
      expect(subject.recorder.log.filter((line) => line.startsWith('ready'))).toEqual([]);
    }
    goodClientWorks();
  });

  it('V7 N14 closes on an INITIATE over 64 KiB before it is here', () => {
    const client = twin();
    const subject = welcoming(client);
    const bytes = command('INITIATE', client.initiate({ metadata: Buffer.alloc(64 * 1024) }));
    expect(verdict(subject, [bytes.subarray(0, 9)]).violation).toBe('frame-size');
    goodClientWorks();
  });

  it('V7 V19 takes a cookie once: its key is gone when it has been tried', () => {
    const client = twin();
    const subject = welcoming(client);
    const bytes = command('INITIATE', client.initiate());
    expect(verdict(subject, [bytes]).state).toBe('traffic');
    expect(verdict(subject, [bytes]).violation).toBe('command-unexpected');
    const again = curveServer();
    again.connection.receive(greeted(command('HELLO', client.hello())), 0);
    expect(verdict(again, [bytes]).violation).toBe('box-closed');
  });

  it('V10 closes on a MESSAGE before READY, in either form', () => {
    const client = twin();
    const subject = welcoming(client);
    expect(verdict(subject, [client.traffic.frame(0, 'x')]).violation).toBe('message-early');
    const other = welcoming(client);
    expect(verdict(other, [command('MESSAGE', client.traffic.seal(0).subarray(8))]).violation).toBe(
      'command-unexpected',
    );
    goodClientWorks();
  });

  it.each([
    'INITIATE',
    'WELCOME',
    'READY',
    'ERROR',
    'MESSAGE',
    'hello',
    'PING',
    'SUBSCRIBE',
  ])('C7, C8, C11 closes on %s in place of HELLO', (name) => {
    const bytes = greeted(command(name, twin().hello()));
    expect(verdict(curveServer(), [bytes])).toMatchObject({ violation: 'command-unexpected', log: [] });
    goodClientWorks();
  });

  it.each(['HELLO', 'WELCOME', 'READY', 'ERROR'])('closes on %s in place of INITIATE', (name) => {
    const client = twin();
    expect(verdict(welcoming(client), [command(name, client.initiate())]).violation).toBe('command-unexpected');
    goodClientWorks();
  });

  it('closes on a second HELLO in the same segment, before the first has been looked at', () => {
    const client = twin();
    const subject = curveServer();
    subject.recorder.onWork = () => {};
    const both = greeted(command('HELLO', client.hello()), command('HELLO', client.hello({ nonce: 2n })));
    expect(subject.connection.receive(both, 0)).toBe(false);
    expect(() => subject.connection.work(0)).toThrow('ZMTP protocol error');
  });

  it.each([
    [400, ['ERROR \x03400']],
    [500, ['ERROR \x03500']],
    [300, []],
  ] as const)('Z2 a client that %i keeps out hears %j', (status, said) => {
    const client = twin();
    const subject = welcoming(client, {}, status);
    expect(() => subject.connection.receive(command('INITIATE', client.initiate()), 0)).toThrow(AuthError);
    expect(sent(subject.connection)).toEqual(said);
    goodClientWorks();
  });

  it('G14 does not meet another server', () => {
    expect(verdict(curveServer(), [serverGreeting]).violation).toBe('greeting-role');
  });

  it('G12 wants the name of the mechanism exactly', () => {
    for (const mechanism of ['NULL', 'PLAIN', 'curve', 'CURVE2']) {
      const bytes = Buffer.from(clientGreeting);
      bytes.fill(0, 12, 32).write(mechanism, 12);
      expect(verdict(curveServer(), [bytes]).violation).toBe('greeting-mechanism');
    }
  });

  it('V13 closes when any octet of a HELLO is changed', () => {
    const hello = command('HELLO', twin().hello());
    for (let at = 0; at < hello.length; at++) {
      const changed = Buffer.from(hello);
      changed[at]! ^= 1 << (at % 8);
      const { violation, state, log } = verdict(curveServer(), [greeted(changed, message())]);
      expect([at, violation !== undefined || state === 'handshake', log.includes('ready PUSH')]).toEqual([
        at,
        true,
        false,
      ]);
    }
    goodClientWorks();
  });

  it('V13 closes when any octet of an INITIATE is changed', () => {
    const client = twin();
    welcoming(client);
    const { length } = command('INITIATE', client.initiate());
    for (let at = 0; at < length; at++) {
      const subject = welcoming(client);
      const changed = command('INITIATE', client.initiate());
      changed[at]! ^= 1 << (at % 8);
      const { violation } = verdict(subject, [changed, Buffer.alloc(70_000)]);
      expect([at, violation !== undefined, subject.recorder.log.includes('ready PUSH')]).toEqual([at, true, false]);
    }
    goodClientWorks();
  });
});

describe('V19 what a server has made for a connection', () => {
  it('is in the cookie alone: what went into that has been overwritten', () => {
    const client = twin();
    const made: Buffer[] = [];
    const { concat } = Buffer;
    Buffer.concat = (...args) => {
      const whole = concat(...args);
      made.push(whole);
      return whole;
    };
    try {
      welcoming(client);
    } finally {
      Buffer.concat = concat;
    }
    // C' and s', as they are sealed: nothing else of the handshake has that size so far.
    const short = made.filter(({ length }) => length === 64);
    expect(short).toEqual([Buffer.alloc(64)]);
  });

  it('is overwritten when the connection ends, in any state', () => {
    const client = twin();
    for (const subject of [curveServer(), welcoming(client), curveServer()]) {
      subject.connection.close();
      expect(subject.connection.state).toBe('closed');
    }
    const subject = welcoming(client);
    subject.connection.receive(command('INITIATE', client.initiate()), 0);
    subject.connection.close();
    expect(() => subject.connection.send([Buffer.from('x')])).toThrow('the connection of this cipher is over');
  });
});
