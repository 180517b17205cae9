// Time in a Connection, on plain numbers: the deadline of the handshake, heartbeats in traffic, and what a pause of our
// own making means for both. `deadline` is always the next time at which `timeout` has something to do.

import { describe, expect, it } from 'vitest';
import { inTraffic, introduction, sent, started, violationOf } from '../support/connections.js';
import { exchange } from '../support/duplex.js';
import { saying } from '../support/errors.js';
import { command, greeting, message, ping, pong } from '../support/wire.js';

const NEVER = Number.POSITIVE_INFINITY;
const BEATING = { heartbeat: { interval: 1000, timeToLive: 0, timeout: 1000 } };

describe('the handshake', () => {
  it('G9, T5 has one absolute deadline that bytes do not extend', () => {
    const { connection } = started({ handshakeInterval: 3000 });
    expect(connection.deadline).toBe(3000);
    for (const [i, octet] of [...introduction('PUSH').subarray(0, 80)].entries()) {
      connection.receive(Buffer.of(octet), i * 30);
      expect(connection.deadline).toBe(3000);
    }
    connection.timeout(2999);
    expect(connection.state).toBe('handshake');
    expect(violationOf(() => connection.timeout(3000))).toBe('handshake-timeout');
    expect([connection.state, connection.deadline]).toEqual(['closed', NEVER]);
  });

  it('G9 of 11 octets and silence ends at the deadline', () => {
    const { connection } = started({ handshakeInterval: 500 });
    connection.receive(greeting().subarray(0, 11), 0);
    expect(() => connection.timeout(500)).toThrow(saying('500 ms'));
    expect(connection.state).toBe('closed');
  });

  it('counts from its start', () => {
    const { connection } = started({ handshakeInterval: 500 });
    connection.start(700);
    expect(connection.deadline).toBe(1200);
  });

  it('with an interval of 0 may take for ever', () => {
    const { connection } = started();
    expect(connection.deadline).toBe(NEVER);
    connection.timeout(1e12);
    expect(connection.state).toBe('greeting');
  });

  it('leaves no deadline once it is done', () => {
    const { connection } = started({ handshakeInterval: 500 });
    connection.receive(introduction('PUSH'), 499);
    expect(connection.deadline).toBe(NEVER);
    connection.timeout(501);
    expect(connection.state).toBe('traffic');
  });
});

describe('heartbeats', () => {
  it('begin with traffic: the first PING an interval after READY, with our time to live', () => {
    const { connection } = started({ heartbeat: { interval: 1000, timeToLive: 2500, timeout: 1000 } });
    connection.receive(introduction('PUSH'), 300);
    sent(connection);
    expect(connection.deadline).toBe(1300);
    connection.timeout(1299);
    expect(connection.output.pending).toBe(0);
    connection.timeout(1300);
    expect(Buffer.concat(connection.output.take())).toEqual(ping(25));
    expect(connection.deadline).toBe(2300);
  });

  it('send none before', () => {
    const { connection } = started(BEATING);
    connection.receive(greeting(), 0);
    sent(connection);
    expect(connection.deadline).toBe(NEVER);
    connection.timeout(1e9);
    expect(connection.output.pending).toBe(0);
  });

  it('send none to a 3.0 peer, which knows no PING', () => {
    const { connection } = inTraffic({ ...BEATING, minor: 0 });
    expect(connection.deadline).toBe(NEVER);
    connection.timeout(1e9);
    expect(connection.output.pending).toBe(0);
  });

  it('give up when the answer stays away, even while our output is congested', () => {
    const { connection } = inTraffic(BEATING);
    connection.congested = true;
    connection.timeout(1000);
    connection.timeout(1999);
    expect(violationOf(() => connection.timeout(2000))).toBe('peer-silent');
    expect(connection.state).toBe('closed');
  });

  it.each([
    ['PONG', pong()],
    ['H5 PONG of a wrong context', pong('other')],
    ['a message', message('a')],
    ['an unknown command', command('NEW')],
    ['one octet of a frame', Buffer.of(0)],
  ])('H7 take %s as a sign of life', (_, bytes) => {
    const { connection } = inTraffic(BEATING);
    connection.timeout(1000);
    connection.receive(bytes, 1500);
    connection.timeout(2000);
    expect(connection.state).toBe('traffic');
    expect(sent(connection)).toEqual(['PING \0\0', 'PING \0\0']);
    expect(violationOf(() => connection.timeout(3000))).toBe('peer-silent');
  });

  it('H9 honour the time to live of the peer with our own heartbeats off', () => {
    const { connection } = inTraffic();
    connection.receive(ping(20), 500);
    expect(connection.deadline).toBe(2500);
    connection.receive(message('a'), 1000);
    expect(connection.deadline).toBe(3000);
    connection.timeout(2999);
    expect(violationOf(() => connection.timeout(3000))).toBe('peer-silent');
  });

  it('H8 survive a clock that stands still or leaps when nothing is owed', () => {
    const { connection } = inTraffic(BEATING);
    for (let i = 0; i < 3; i++) connection.timeout(0);
    connection.timeout(1e9);
    expect(sent(connection)).toEqual(['PING \0\0']);
    expect(connection.state).toBe('traffic');
  });

  it('keep two quiet connections alive for an hour, at one PING a second each', () => {
    const left = inTraffic({ socketType: 'PUSH', ...BEATING }).connection;
    const right = inTraffic({ socketType: 'PULL', ...BEATING }).connection;
    let beats = 0;
    for (let now = Math.min(left.deadline, right.deadline); now <= 3_600_000; beats++) {
      left.timeout(now);
      right.timeout(now);
      exchange({ left, right }, now);
      now = Math.min(left.deadline, right.deadline);
    }
    expect([left.state, right.state, beats]).toEqual(['traffic', 'traffic', 3600]);
  });
});

describe('while we refuse to read', () => {
  /** Paused at time 0 by a message, a PING of ours due every second. */
  function paused(setup = {}) {
    const subject = inTraffic({ ...BEATING, ...setup });
    subject.recorder.accepts = (line) => line !== 'message a';
    subject.connection.receive(message('a'), 0);
    return subject;
  }

  it('the peer is not taken for dead, and PINGs go on', () => {
    const { connection } = paused();
    for (let now = 1000; now <= 60_000; now += 1000) connection.timeout(now);
    expect(connection.state).toBe('traffic');
    expect(sent(connection)).toHaveLength(60);
  });

  it('its time to live does not run out', () => {
    const { connection } = inTraffic();
    connection.receive(ping(10), 0);
    connection.receive(message('a'), 0);
    const { connection: other, recorder } = inTraffic();
    recorder.accepts = () => false;
    other.receive(Buffer.concat([ping(10), message('a')]), 0);
    expect(violationOf(() => connection.timeout(1000))).toBe('peer-silent');
    other.timeout(1000);
    expect([other.state, other.deadline]).toEqual(['traffic', 2000]);
  });

  it('no silence is counted: after resume the peer has the whole timeout to be heard', () => {
    const { connection } = paused();
    connection.timeout(1000);
    connection.resume(1999);
    connection.timeout(2000);
    expect(connection.state).toBe('traffic');
  });

  it('no silence is counted against a time to live that stood in what was kept', () => {
    const { connection } = paused({ heartbeat: {} });
    connection.receive(ping(10), 1);
    connection.resume(10_000);
    expect(connection.deadline).toBe(11_000);
    connection.timeout(10_001);
    expect(connection.state).toBe('traffic');
  });

  it('silence counts again after resume', () => {
    const { connection } = paused();
    connection.timeout(1000);
    connection.resume(1500);
    connection.timeout(2500);
    expect(violationOf(() => connection.timeout(3500))).toBe('peer-silent');
  });
});
