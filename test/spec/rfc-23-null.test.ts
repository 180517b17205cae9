// RFC 23/ZMTP: the NULL mechanism, its READY and ERROR, and errors in the handshake. One clause of
// spec-notes/rfc-23.md per title, on a Connection without I/O; every input in every delivery.
import { describe, expect, it } from 'vitest';
import type { Violation } from '../../src/errors.js';
import { Pull, Push } from '../../src/index.js';
import { sent, started, verdict } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { RawPeer, RawServer } from '../support/raw-peer.js';
import { bound, nextEvent, open } from '../support/sockets.js';
import * as wire from '../support/wire.js';
import { command, error, frame, greeting, longFrame, message, property, ready } from '../support/wire.js';

const { COMMAND, commandBody } = wire;

const TYPE = property('Socket-Type', 'PUSH');

/** Behind the greeting, these bytes complete the handshake and cause these events. */
function accepts(bytes: Buffer, log: string[] = ['ready PUSH']): void {
  eachDelivery(Buffer.concat([greeting(), bytes]), (chunks) => {
    expect(verdict(started(), chunks)).toMatchObject({ log, violation: undefined, state: 'traffic' });
  });
}

/** Behind the greeting, these bytes close the connection for this reason. */
function refuses(bytes: Buffer, violation: Violation, log: string[] = []): void {
  eachDelivery(Buffer.concat([greeting(), bytes]), (chunks) => {
    expect(verdict(started(), chunks)).toMatchObject({ log, violation, state: 'closed' });
  });
}

const readyWith = (...metadata: Buffer[]) => command('READY', Buffer.concat(metadata));

describe('NULL handshake', () => {
  it('ZMTP23-NULL-1 shows that a socket runs without security', () => {
    expect(open(new Push())).toHaveProperty('securityMechanism', null);
  });

  it('ZMTP23-NULL-2 sends READY and is done when the peer has sent READY', () => {
    const { connection, recorder } = started();
    connection.receive(greeting(), 0);
    expect(sent(connection).map((text) => text.split(' ')[0])).toEqual(['greeting', 'READY']);
    expect([connection.state, recorder.log]).toEqual(['handshake', []]);
    connection.receive(ready('PUSH'), 0);
    expect([connection.state, recorder.log]).toEqual(['traffic', ['ready PUSH']]);
  });

  it('ZMTP23-NULL-3 validates the READY of the peer and closes when it is malformed', () => {
    refuses(readyWith(TYPE, Buffer.of(7)), 'metadata-malformed');
    accepts(ready('PUSH'));
  });

  it('ZMTP23-NULL-4 takes messages that stand directly behind the READY of the peer', () => {
    accepts(Buffer.concat([ready('PUSH'), message('a', 'b'), message('c')]), [
      'ready PUSH',
      'message a|b',
      'message c',
    ]);
  });

  it('ZMTP23-NULL-5 closes on a message or a traffic command before READY', () => {
    for (const bytes of [message('early'), message(''), message('two', 'parts')]) refuses(bytes, 'message-early');
    for (const bytes of [wire.ping(0), wire.subscribe('t'), wire.pong()]) refuses(bytes, 'command-unexpected');
  });

  it('ZMTP23-NULL-6 closes on READY as a message frame', () => {
    refuses(frame(0, commandBody('READY', TYPE)), 'message-early');
  });

  it('ZMTP23-NULL-7 closes on any other command in place of READY', () => {
    for (const name of ['ready', 'Ready', 'READYY', 'REA', 'HELLO', 'INITIATE', 'X']) {
      refuses(command(name, TYPE), 'command-unexpected');
    }
  });

  it('ZMTP23-NULL-8 reads READY from a long frame', () => {
    accepts(longFrame(COMMAND, commandBody('READY', TYPE)));
    accepts(readyWith(TYPE, property('X-Long', Buffer.alloc(300))));
  });

  it('ZMTP23-NULL-9 closes on a second READY', () => {
    refuses(Buffer.concat([ready('PUSH'), ready('PUSH')]), 'command-unexpected', ['ready PUSH']);
  });

  it('ZMTP23-NULL-10 sends READY before it has received any command', () => {
    const { connection } = started();
    connection.output.take();
    connection.receive(greeting(), 0);
    expect(sent(connection)).toHaveLength(1);
  });

  it('ZMTP23-NULL-11 closes on a frame larger than 64 KiB before the handshake is done', () => {
    refuses(longFrame(COMMAND, '', 65_537n), 'frame-size');
    refuses(longFrame(COMMAND, '', 2n ** 31n), 'frame-size');
  });
});

describe('Property', () => {
  it('ZMTP23-PROPERTY-1 has a name of 1 to 255 name characters', () => {
    accepts(readyWith(TYPE, property('a', ''), property(`${'N'.repeat(248)}-_.+019`, 'v')));
    refuses(readyWith(TYPE, property('', 'v')), 'metadata-malformed');
    for (const name of ['with space', 'nul\0', 'per%cent', '\xe9t\xe9', 'a/b']) {
      refuses(readyWith(TYPE, property(name, 'v')), 'metadata-malformed');
    }
  });

  it('ZMTP23-PROPERTY-2 has a name whose case does not matter', () => {
    for (const name of ['socket-type', 'SOCKET-TYPE', 'sOCKET-tYPE']) accepts(readyWith(property(name, 'PUSH')));
  });

  it('ZMTP23-PROPERTY-3 has a value that may be empty', () => {
    accepts(readyWith(property('X-Empty', ''), TYPE, property('X-Last', '')));
  });

  it('ZMTP23-PROPERTY-4 has a value that does not run past the command, up to 2^31-1 octets', () => {
    for (const size of [5, 256, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) {
      refuses(readyWith(TYPE, property('X-Long', 'four', size)), 'metadata-malformed');
    }
  });

  it('ZMTP23-PROPERTY-5 has a value size of four octets in network order, at any offset', () => {
    for (const pad of ['', 'x', 'xx', 'xxx']) {
      accepts(readyWith(property(`X-${pad}`, Buffer.alloc(258, 1)), TYPE));
    }
    const cut = readyWith(TYPE, property('X-Cut', '')).subarray(2, -2);
    refuses(frame(COMMAND, cut), 'metadata-malformed');
  });

  it('ZMTP23-PROPERTY-6 is opaque: any octets may stand in a value', () => {
    const { connection, recorder } = started();
    const value = Buffer.from([0, 0xff, 0x0a, 0x80]);
    connection.receive(Buffer.concat([greeting(), readyWith(property('X-Any', value), TYPE)]), 0);
    expect(recorder.peer.properties.get('x-any')).toEqual(value);
  });
});

describe('ERROR', () => {
  it('ZMTP23-ERROR-1 ends the connection when the peer sends it in the handshake', () => {
    for (const reason of ['', '200', 'Access denied', 'x'.repeat(255)]) refuses(error(reason), 'peer-error');
  });

  it('ZMTP23-ERROR-2 closes on a malformed ERROR', () => {
    refuses(command('ERROR'), 'error-malformed');
    refuses(command('ERROR', Buffer.from([4, 0x31])), 'error-malformed');
    refuses(command('ERROR', Buffer.from([0, 0x31])), 'error-malformed');
  });

  it('ZMTP23-ERROR-3 closes on ERROR after the handshake', () => {
    refuses(Buffer.concat([ready('PUSH'), error('late')]), 'command-unexpected', ['ready PUSH']);
  });

  it('ZMTP23-ERROR-4 is not followed by another attempt with the same credentials', async () => {
    const [refused, control] = [open(new Push({ reconnectInterval: 1 })), open(new Push({ reconnectInterval: 1 }))];
    const [refusing, dropping] = [await RawServer.listen(), await RawServer.listen()];
    const failed = nextEvent(refused, 'handshake:error:auth');
    refused.connect(refusing.endpoint);
    const peer = await refusing.accept();
    peer.write(greeting(), error('400'));
    await failed;
    await peer.closed;
    control.connect(dropping.endpoint);
    for (let attempts = 0; attempts < 20; attempts++) (await dropping.accept()).close();
    expect(refusing.backlog).toBe(0);
  });

  it('ZMTP23-ERROR-5 tells the application the reason, and gives it no other meaning', async () => {
    const pull = open(new Pull());
    const failed = nextEvent(pull, 'handshake:error:protocol');
    const peer = await RawPeer.connect(await bound(pull));
    peer.write(greeting(), error('no thanks'));
    expect((await failed).error.detail).toContain('no thanks');
  });

  it('ZMTP23-ERROR-6 is not sent for an error after the handshake: the connection just closes', async () => {
    const pull = open(new Pull());
    const peer = await RawPeer.join(await bound(pull), 'PUSH');
    peer.write(frame(0x80, 'reserved bit'));
    expect(await peer.closed).toEqual(Buffer.alloc(0));
  });

  it('ZMTP23-ERROR-7 takes a connection closed without ERROR as temporary and connects again', async () => {
    const push = open(new Push({ reconnectInterval: 1 }));
    const server = await RawServer.listen();
    push.connect(server.endpoint);
    (await server.accept()).close();
    const half = await server.accept();
    half.write(greeting());
    await half.bytes(64);
    half.close();
    (await server.join('PULL')).close();
    const last = await server.join('PULL');
    await push.send('at last');
    expect(await last.text()).toEqual(['at last']);
  });

  it('ZMTP23-ERROR-8 waits longer from attempt to attempt, up to the maximum', async () => {
    const push = open(new Push({ reconnectInterval: 4, reconnectMaxInterval: 32 }));
    const intervals: number[] = [];
    push.events.on('connect:retry', ({ interval }) => intervals.push(interval));
    const server = await RawServer.listen();
    push.connect(server.endpoint);
    for (let attempts = 0; attempts < 7; attempts++) (await server.accept()).close();
    const peer = await server.join('PULL');
    await push.send('m');
    await peer.text();
    // Without growth each wait is the interval and a random part of it: less than twice the interval.
    expect(intervals.at(-1)).toBeGreaterThanOrEqual(8);
    for (const interval of intervals) expect(interval).toBeLessThanOrEqual(64);
  });
});
