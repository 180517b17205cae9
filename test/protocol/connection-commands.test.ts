// Commands in traffic (RFC 37 §Commands, §Heartbeating, §Publish-Subscribe): PING and PONG, subscriptions in both forms,
// what is ignored and counted, what closes.

import { describe, expect, it } from 'vitest';
import type { SocketType } from '../../src/protocol/socket-types.js';
import { inTraffic, PEER, type PeerSetup, sent, type Verdict, verdict } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import * as wire from '../support/wire.js';

const { cancel, command, message, ping, pong, subscribe } = wire;
const PUBLISHERS = ['PUB', 'XPUB'] as const;
const OTHERS = (Object.keys(PEER) as SocketType[]).filter((type) => type !== 'PUB' && type !== 'XPUB');

/** In traffic, these bytes in every delivery end like this. */
function ends(bytes: Buffer, expected: Partial<Verdict>, setup: PeerSetup = {}, ignored = 0): void {
  eachDelivery(bytes, (chunks) => {
    const subject = inTraffic(setup);
    const whole: Verdict = { log: [], violation: undefined, state: 'traffic', sent: [], ...expected };
    expect(verdict(subject, chunks)).toEqual(whole);
    expect(subject.connection.ignoredCommands).toBe(ignored);
  });
}

describe('commands that close', () => {
  it.each([
    ['C1 an empty body', wire.frame(wire.COMMAND, ''), 'command-malformed'],
    ['C2 a name of no letters', wire.frame(wire.COMMAND, '\0PING'), 'command-malformed'],
    ['C3 a name longer than the body', wire.frame(wire.COMMAND, '\x05PING'), 'command-malformed'],
    ['C5 a non-ASCII name', command('P\xcfNG'), 'command-malformed'],
    ['C9 READY', wire.ready('PUSH'), 'command-unexpected'],
    ['C10 ERROR', wire.error('late'), 'command-unexpected'],
    ['C10 ERROR without a reason', command('ERROR'), 'command-unexpected'],
    ['H1 PING of 5 octets', command('PING'), 'ping-malformed'],
    ['H1 PING of 6 octets', command('PING', '\0'), 'ping-malformed'],
    ['PING with a context of 17 octets', ping(0, 'x'.repeat(17)), 'ping-malformed'],
  ] as const)('%s', (_, bytes, violation) => {
    ends(bytes, { violation, state: 'closed' });
    ends(Buffer.concat([message('a'), bytes, message('b')]), { log: ['message a'], violation, state: 'closed' });
  });
});

describe('commands that are ignored', () => {
  it('C6 those of unknown name, and counted', () => {
    const bytes = Buffer.concat([command('JOIN', 'group'), message('a'), command('X'), command('Y', 'z'.repeat(300))]);
    ends(bytes, { log: ['message a'] }, {}, 3);
  });

  it('C11 those whose name differs in case only', () => {
    ends(
      Buffer.concat([command('ping', '\0\0'), command('Ready'), command('subscribe', 'x')]),
      {},
      { socketType: 'PUB' },
      3,
    );
  });

  it.each(OTHERS)('C14 SUBSCRIBE and CANCEL to a %s', (socketType) => {
    ends(Buffer.concat([subscribe('a'), cancel('a'), message('b')]), { log: ['message b'] }, { socketType }, 2);
  });

  it('H5 PONG, unasked for and of any context', () => {
    ends(Buffer.concat([pong(), pong('unknown'), pong('x'.repeat(16)), message('a')]), { log: ['message a'] });
  });
});

describe('PING', () => {
  it('is answered by a PONG of the same context', () => {
    ends(ping(0), { sent: ['PONG'] });
    ends(ping(10, 'me'), { sent: ['PONG me'] });
    ends(ping(0xffff, 'x'.repeat(16)), { sent: [`PONG ${'x'.repeat(16)}`] });
  });

  it('is answered once each, in order', () => {
    ends(Buffer.concat([ping(0, '1'), message('a'), ping(0, '2')]), { log: ['message a'], sent: ['PONG 1', 'PONG 2'] });
  });

  it('H6 in mid-multipart is answered, and the message stays whole', () => {
    const bytes = Buffer.concat([wire.frame(wire.MORE, 'a'), ping(0, 'now'), wire.frame(0, 'b')]);
    ends(bytes, { log: ['message a|b'], sent: ['PONG now'] });
  });

  it('is answered by every socket type', () => {
    for (const socketType of Object.keys(PEER) as SocketType[])
      ends(ping(0, 'x'), { sent: ['PONG x'] }, { socketType });
  });

  it('keeps its context when its chunk is used again', () => {
    const { connection } = inTraffic();
    const chunk = ping(0, 'context');
    connection.congested = true;
    connection.receive(chunk, 0);
    chunk.fill(0);
    connection.congested = false;
    expect(sent(connection)).toEqual(['PONG context']);
  });
});

describe('PING while our output is congested', () => {
  it('H4 is owed one PONG, for the last, however many came', () => {
    const { connection } = inTraffic();
    connection.congested = true;
    for (let i = 0; i < 1000; i++) connection.receive(ping(0, `${i}`), 0);
    expect(connection.output.pending).toBe(0);
    connection.congested = false;
    expect(sent(connection)).toEqual(['PONG 999']);
  });

  it('H4 is answered once, and congestion that ends again owes nothing', () => {
    const { connection } = inTraffic();
    connection.congested = true;
    connection.receive(ping(0, 'once'), 0);
    connection.congested = false;
    connection.congested = true;
    connection.congested = false;
    expect(sent(connection)).toEqual(['PONG once']);
  });

  it('H4 stays owed while congestion is reported again', () => {
    const { connection } = inTraffic();
    connection.congested = true;
    connection.receive(ping(0, 'owed'), 0);
    connection.congested = true;
    expect(connection.output.pending).toBe(0);
    connection.congested = false;
    expect(sent(connection)).toEqual(['PONG owed']);
  });

  it('is answered at once again afterwards', () => {
    const { connection } = inTraffic();
    connection.congested = true;
    connection.congested = false;
    connection.receive(ping(0, 'a'), 0);
    connection.receive(ping(0, 'b'), 0);
    expect(sent(connection)).toEqual(['PONG a', 'PONG b']);
  });
});

describe.each(PUBLISHERS)('subscriptions to a %s', (socketType) => {
  const setups: PeerSetup[] = [0, 1].map((minor) => ({ socketType, minor }));

  /** The same, from a 3.0 and a 3.1 peer. */
  function notes(bytes: Buffer, log: string[]): void {
    for (const setup of setups) ends(bytes, { log }, setup);
  }

  it('come as commands', () => {
    notes(Buffer.concat([subscribe('a'), subscribe('b'), cancel('a')]), ['+a', '+b', '-a']);
  });

  it('S7 come as messages of 01 or 00 and the topic, from 3.0 and 3.1 peers', () => {
    notes(Buffer.concat([message('\x01a'), message('\x01b'), message('\0a')]), ['+a', '+b', '-a']);
  });

  it('S1 may be to the empty topic, in both forms', () => {
    notes(Buffer.concat([subscribe(), message('\x01'), cancel(), message('\0')]), ['+', '+', '-', '-']);
  });

  it('S3, S4 are reported as they come: unknown, twice', () => {
    notes(Buffer.concat([cancel('no'), subscribe('a'), subscribe('a'), cancel('a')]), ['-no', '+a', '+a', '-a']);
  });

  it('S10 may be any octets', () => {
    const topic = Buffer.from([0xff, 0xc0, 0, 1]);
    const log = ['+\xff\xc0\0\x01', '+\xff\xc0\0\x01'];
    notes(Buffer.concat([subscribe(topic), message(Buffer.concat([Buffer.of(1), topic]))]), log);
  });

  it('S7 in the long form of a frame are the same', () => {
    notes(wire.longFrame(0, '\x01topic'), ['+topic']);
  });

  it('S8 an empty message and one of another first octet are messages, for the pattern to judge', () => {
    notes(Buffer.concat([message(''), message('\x02x'), message('text')]), [
      'message ',
      'message \x02x',
      'message text',
    ]);
  });

  it('S9 a message of several parts is none, whatever its first octet', () => {
    notes(Buffer.concat([message('\x01a', 'b'), message('', '\x01'), message('\0', '')]), [
      'message \x01a|b',
      'message |\x01',
      'message \0|',
    ]);
  });

  it.each([65_536, 16 << 20])('S2 may have a topic of %i bytes, added and cancelled', (size) => {
    const topic = Buffer.alloc(size, 't');
    const { connection, recorder } = inTraffic({ socketType });
    const topics: boolean[] = [];
    recorder.subscription = (given, add) => topics.push(add && given.equals(topic)) > 0;
    const bytes = Buffer.concat([subscribe(topic), cancel(topic)]);
    for (let at = 0; at < bytes.length; at += 65_536) connection.receive(bytes.subarray(at, at + 65_536), 0);
    expect(topics).toEqual([true, false]);
  });
});

describe('a subscription message to another type', () => {
  it.each(OTHERS)('is a message to a %s', (socketType) => {
    ends(Buffer.concat([message('\x01a'), message('\0a')]), { log: ['message \x01a', 'message \0a'] }, { socketType });
  });
});

describe('subscriptions we send', () => {
  const bytesTo = (minor: number, topic: Buffer, add: boolean) => {
    const { connection } = inTraffic({ socketType: 'SUB', minor });
    connection.subscribe(topic, add);
    return Buffer.concat(connection.output.take());
  };

  it.each(['', 'topic', '\x01\xff'])('of topic %j are commands to 3.1 peers and messages to 3.0 peers', (name) => {
    const topic = Buffer.from(name, 'latin1');
    for (const minor of [1, 2, 255]) {
      expect(bytesTo(minor, topic, true)).toEqual(subscribe(topic));
      expect(bytesTo(minor, topic, false)).toEqual(cancel(topic));
    }
    expect(bytesTo(0, topic, true)).toEqual(message(Buffer.concat([Buffer.of(1), topic])));
    expect(bytesTo(0, topic, false)).toEqual(message(Buffer.concat([Buffer.of(0), topic])));
  });

  it('of a long topic take the long form', () => {
    const topic = Buffer.alloc(300, 't');
    expect(bytesTo(1, topic, true)).toEqual(subscribe(topic));
    expect(bytesTo(0, topic, true)).toEqual(message(Buffer.concat([Buffer.of(1), topic])));
  });
});
