// RFC 37/ZMTP 3.1: PING, PONG and when a connection is dead. One clause of spec-notes/rfc-37.md per title.
//
// Time is a number here: a Connection is told what time it is and asked for its next deadline. Nothing waits.
import { describe, expect, it } from 'vitest';
import { Pull } from '../../src/index.js';
import type { Connection } from '../../src/protocol/connection.js';
import type { HeartbeatOptions } from '../../src/protocol/heartbeat.js';
import { inTraffic, sent, started, verdict, violationOf } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { RawServer } from '../support/raw-peer.js';
import { open } from '../support/sockets.js';
import { command, frame, greeting, MORE, message, ping, pong, readFrames, ready } from '../support/wire.js';

const PING = ['PING \0\0'];

/** A connection in traffic since time 0 with these heartbeats. */
function beating(heartbeat: Partial<HeartbeatOptions>): Connection {
  return inTraffic({ heartbeat }).connection;
}

/** Calls `timeout` at every deadline up to `until`; returns the violation that ended the connection, and when. */
function run(connection: Connection, until: number): { at: number; violation: string } | undefined {
  while (connection.deadline <= until) {
    const at = connection.deadline;
    const violation = violationOf(() => connection.timeout(at));
    if (violation !== undefined) return { at, violation };
  }
  return undefined;
}

describe('PING', () => {
  it('ZMTP37-PING-1 is the name, two octets of time-to-live and up to 16 octets of context', () => {
    const connection = beating({ interval: 100, timeToLive: 0, timeout: 100 });
    connection.timeout(100);
    const [wire, ...rest] = readFrames(Buffer.concat(connection.output.take()));
    expect(wire!.flags).toBe(4);
    expect(wire!.body.toString('latin1', 0, 5)).toBe('\x04PING');
    expect(wire!.body.length).toBeGreaterThanOrEqual(7);
    expect(wire!.body.length).toBeLessThanOrEqual(23);
    expect(rest).toEqual([]);
  });

  it('ZMTP37-PING-2 is not sent before the handshake is done, nor accepted', () => {
    const { connection } = started({ heartbeat: { interval: 10, timeout: 10 } });
    connection.receive(greeting(), 0);
    connection.output.take();
    expect(connection.deadline).toBe(Number.POSITIVE_INFINITY);
    eachDelivery(Buffer.concat([greeting(), ping(0)]), (chunks) => {
      expect(verdict(started(), chunks)).toMatchObject({ violation: 'command-unexpected', state: 'closed' });
    });
  });

  it('ZMTP37-PING-3 carries the time-to-live in tenths of a second, in network order, 0 for none', () => {
    for (const [timeToLive, octets] of [
      [0, '0000'],
      [100, '0001'],
      [1999, '0013'],
      [25_600, '0100'],
    ] as const) {
      const connection = beating({ interval: 1, timeToLive, timeout: 1000 });
      connection.timeout(1);
      const [wire] = readFrames(Buffer.concat(connection.output.take()));
      expect(wire!.body.subarray(5, 7).toString('hex')).toBe(octets);
    }
  });

  it('ZMTP37-PING-4 asks for no more than 655 tenths of a second, which is what libzmq can count', () => {
    const connection = beating({ interval: 1, timeToLive: 6_553_500, timeout: 1000 });
    connection.timeout(1);
    const [wire] = readFrames(Buffer.concat(connection.output.take()));
    expect(wire!.body.readUInt16BE(5)).toBe(655);
  });

  it('ZMTP37-PING-5 is accepted with any time-to-live up to 6553.5 seconds', () => {
    const { connection } = inTraffic();
    connection.receive(ping(0xffff), 0);
    expect(connection.deadline).toBe(6_553_500);
    expect(run(connection, 6_553_499)).toBeUndefined();
    expect(run(connection, 6_553_500)).toEqual({ at: 6_553_500, violation: 'peer-silent' });
  });

  it('ZMTP37-PING-6 closes when it has no room for the time-to-live', () => {
    for (const data of ['', '\0']) {
      eachDelivery(command('PING', data), (chunks) => {
        expect(verdict(inTraffic(), chunks)).toMatchObject({ violation: 'ping-malformed', state: 'closed', sent: [] });
      });
    }
  });
});

describe('PONG', () => {
  it('ZMTP37-PONG-1 answers every PING with its context, of 0 to 16 octets', () => {
    for (const context of ['', 'x', Buffer.from([0, 0xff, 0x0a]), Buffer.alloc(16, 'c')]) {
      eachDelivery(ping(0, context), (chunks) => {
        const { connection, recorder } = inTraffic();
        for (const chunk of chunks) connection.receive(chunk, 0);
        expect(Buffer.concat(connection.output.take())).toEqual(pong(context));
        expect(recorder.log).toEqual([]);
      });
    }
  });

  it('ZMTP37-PONG-2 is not made of a context over 16 octets: the PING closes the connection', () => {
    for (const size of [17, 255, 300]) {
      const result = verdict(inTraffic(), [ping(0, Buffer.alloc(size))]);
      expect(result).toMatchObject({ violation: 'ping-malformed', state: 'closed', sent: [] });
    }
  });

  it('ZMTP37-PONG-3 comes in the order of the PINGs, between messages, and not inside one', () => {
    const { connection } = inTraffic({ socketType: 'DEALER' });
    const bytes = [frame(MORE, 'a'), ping(0, '1'), frame(0, 'b'), ping(0, '2')];
    connection.receive(Buffer.concat(bytes), 0);
    connection.send([Buffer.from('x'), Buffer.from('y')]);
    connection.receive(ping(0, '3'), 0);
    expect(sent(connection)).toEqual(['PONG 1', 'PONG 2', 'more x', 'message y', 'PONG 3']);
  });

  it('ZMTP37-PONG-4 that was not asked for, or has another context, is ignored', () => {
    eachDelivery(Buffer.concat([pong(), pong('what?'), pong(Buffer.alloc(40)), message('m')]), (chunks) => {
      expect(verdict(inTraffic(), chunks)).toEqual({
        log: ['message m'],
        violation: undefined,
        state: 'traffic',
        sent: [],
      });
    });
  });

  it('ZMTP37-PONG-5 waits while the peer does not read, one at most, so that PINGs cannot pile up', () => {
    const { connection } = inTraffic();
    connection.congested = true;
    for (let i = 0; i < 10_000; i++) connection.receive(ping(0, `${i}`), 0);
    connection.congested = false;
    expect(sent(connection)).toEqual(['PONG 9999']);
  });
});

describe('Liveness', () => {
  it('ZMTP37-LIVENESS-1 gives up on a peer that is silent for the timeout after a PING', () => {
    const connection = beating({ interval: 100, timeout: 30 });
    expect(run(connection, 1000)).toEqual({ at: 130, violation: 'peer-silent' });
    expect(connection.state).toBe('closed');
  });

  it('ZMTP37-LIVENESS-2 takes any traffic as a sign of life, not just PONG', () => {
    for (const bytes of [pong(), ping(0), message('m'), command('NEWS'), frame(MORE, 'half'), Buffer.of(0)]) {
      const connection = beating({ interval: 100, timeout: 30 });
      expect(run(connection, 100)).toBeUndefined();
      connection.receive(bytes, 129);
      expect(run(connection, 199)).toBeUndefined();
      expect(connection.state).toBe('traffic');
    }
  });

  it('ZMTP37-LIVENESS-3 leaves no more than one PING unanswered when the timeout is the interval', () => {
    const connection = beating({ interval: 100, timeout: 100 });
    run(connection, 10_000);
    expect(connection.state).toBe('closed');
    expect(sent(connection)).toEqual(PING);
  });

  it('ZMTP37-LIVENESS-4 gives up on a peer that asked for it, when it is silent for its time-to-live', () => {
    const connection = beating({});
    connection.receive(ping(5), 1000);
    expect(connection.deadline).toBe(1500);
    connection.receive(message('alive'), 1400);
    expect(run(connection, 1899)).toBeUndefined();
    expect(run(connection, 1900)).toEqual({ at: 1900, violation: 'peer-silent' });
  });

  it('ZMTP37-LIVENESS-5 lets a later PING change or lift the time-to-live', () => {
    const connection = beating({});
    connection.receive(ping(5), 0);
    connection.receive(ping(20), 100);
    expect(connection.deadline).toBe(2100);
    connection.receive(ping(0), 200);
    expect(connection.deadline).toBe(Number.POSITIVE_INFINITY);
  });

  it('ZMTP37-LIVENESS-6 goes on as long as the peer answers', () => {
    const connection = beating({ interval: 100, timeout: 50 });
    for (let at = 100; at <= 10_000; at += 100) {
      expect(run(connection, at)).toBeUndefined();
      expect(sent(connection)).toEqual(PING);
      connection.receive(pong(), at + 20);
    }
  });

  it('ZMTP37-LIVENESS-7 sends no PING to a peer of ZMTP 3.0, which does not know it', () => {
    const { connection } = inTraffic({ minor: 0, heartbeat: { interval: 10, timeout: 10 } });
    expect(connection.deadline).toBe(Number.POSITIVE_INFINITY);
  });

  it('ZMTP37-LIVENESS-8 connects again after it has given up on a peer', async () => {
    const pull = open(new Pull({ reconnectInterval: 1, heartbeatInterval: 5, heartbeatTimeout: 5 }));
    const server = await RawServer.listen();
    pull.connect(server.endpoint);
    for (let i = 0; i < 3; i++) {
      const peer = await server.accept();
      peer.write(greeting(), ready('PUSH'));
      await peer.closed;
    }
  });
});
