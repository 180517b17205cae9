// RFC 23/ZMTP: frames, commands and messages. One clause of spec-notes/rfc-23.md per title, on a Connection without
// I/O that is past its handshake; every input whole, byte by byte, and split at every offset.
import { describe, expect, it } from 'vitest';
import type { Violation } from '../../src/errors.js';
import { inTraffic, type PeerSetup, sent, started, verdict } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import {
  COMMAND,
  command,
  commandBody,
  frame,
  greeting,
  LONG,
  longFrame,
  MORE,
  message,
  ready,
} from '../support/wire.js';

/** In traffic, these bytes cause exactly these events and leave the connection open. */
function delivers(bytes: Buffer, log: string[], setup: PeerSetup = {}): void {
  eachDelivery(bytes, (chunks) => {
    expect(verdict(inTraffic(setup), chunks)).toMatchObject({ log, violation: undefined, state: 'traffic' });
  });
}

/** In traffic, these bytes close the connection for this reason, after these events. */
function refuses(bytes: Buffer, violation: Violation, log: string[] = [], setup: PeerSetup = {}): void {
  eachDelivery(bytes, (chunks) => {
    expect(verdict(inTraffic(setup), chunks)).toMatchObject({ log, violation, state: 'closed' });
  });
}

/** What the library puts on the wire for a message. */
function encoded(...parts: (Buffer | string)[]): Buffer {
  const { connection } = inTraffic({ socketType: 'PUSH' });
  connection.send(parts.map((part) => Buffer.from(part)));
  return Buffer.concat(connection.output.take());
}

const largest = (size: bigint) => longFrame(0, '', size);

describe('Frames', () => {
  it('ZMTP23-FRAME-1 is flags, size and body; the size counts the body alone', () => {
    expect(encoded('abc').toString('hex')).toBe('0003616263');
    expect(encoded('').toString('hex')).toBe('0000');
    delivers(Buffer.from('00036162630000', 'hex'), ['message abc', 'message ']);
    const inner = [frame(0, ''), frame(MORE, 'x'), longFrame(0, 'y'), command('PING', '\0\0')];
    const outer = inner.map((bytes) => message(bytes));
    delivers(
      Buffer.concat(outer),
      inner.map((bytes) => `message ${bytes.toString('latin1')}`),
    );
  });

  it('ZMTP23-FRAME-2 is short for a body of 0 to 255 octets', () => {
    for (const size of [0, 1, 254, 255]) {
      const body = Buffer.alloc(size, 'x');
      expect(encoded(body)).toEqual(Buffer.concat([Buffer.from([0, size]), body]));
      delivers(frame(0, body), [`message ${body}`]);
    }
  });

  it('ZMTP23-FRAME-3 is long, with eight octets of size in network order, for a body of 256 octets or more', () => {
    for (const size of [256, 257, 70_000]) {
      const body = Buffer.alloc(size, 'x');
      const bytes = encoded(body);
      expect([bytes[0], bytes.readBigUInt64BE(1), bytes.length]).toEqual([LONG, BigInt(size), 9 + size]);
      expect(verdict(inTraffic(), [bytes])).toMatchObject({ log: [`message ${body}`], violation: undefined });
    }
    delivers(frame(0, Buffer.alloc(256, 'x')), [`message ${'x'.repeat(256)}`]);
  });

  it('ZMTP23-FRAME-4 accepts the long form for a body of 0 to 255 octets', () => {
    delivers(longFrame(0, ''), ['message ']);
    delivers(longFrame(0, 'short'), ['message short']);
    delivers(Buffer.concat([longFrame(MORE, 'a'), longFrame(0, 'b')]), ['message a|b']);
  });

  it('ZMTP23-FRAME-5 closes on a size above 2^63-1, and on one it could not count', () => {
    for (const size of [2n ** 64n - 1n, 2n ** 63n, 2n ** 53n + 1n, 2n ** 53n]) {
      refuses(largest(size), 'frame-size');
      refuses(longFrame(COMMAND, '', size), 'frame-size');
    }
  });

  it('ZMTP23-FRAME-6 accepts a size up to the limit the application set and closes above it', () => {
    const setup = { maxMessageSize: 300 };
    delivers(frame(0, Buffer.alloc(300, 'x')), [`message ${'x'.repeat(300)}`], setup);
    refuses(largest(301n), 'frame-size', [], setup);
    const part = frame(MORE, Buffer.alloc(200, 'x'));
    delivers(
      Buffer.concat([part, frame(0, Buffer.alloc(100, 'y'))]),
      [`message ${'x'.repeat(200)}|${'y'.repeat(100)}`],
      setup,
    );
    refuses(Buffer.concat([part, frame(0, Buffer.alloc(101, 'y'))]), 'frame-size', [], setup);
    refuses(largest(2n ** 32n), 'frame-size', [], setup);
  });

  it('ZMTP23-FRAME-7 closes when a reserved flag bit is set, and sets none', () => {
    for (const bit of [0x08, 0x10, 0x20, 0x40, 0x80]) {
      for (const flags of [0, MORE, COMMAND]) refuses(frame(flags | bit, 'body'), 'frame-flags');
      refuses(longFrame(bit, 'body'), 'frame-flags');
    }
    for (const body of ['', 'x'.repeat(300)]) expect(encoded('part', body)[0]! & 0xf8).toBe(0);
  });

  it('ZMTP23-FRAME-8 tells commands from messages by bit 2', () => {
    delivers(Buffer.concat([frame(COMMAND, commandBody('PONG')), frame(0, commandBody('PONG'))]), ['message \x04PONG']);
  });

  it('ZMTP23-FRAME-9 joins frames with MORE to the message that the first frame without it ends', () => {
    const frames = [frame(MORE, 'a'), frame(MORE, ''), frame(0, 'b'), frame(0, 'c')];
    delivers(Buffer.concat(frames), ['message a||b', 'message c']);
    expect(encoded('a', '', 'b')).toEqual(Buffer.concat(frames.slice(0, 3)));
  });

  it('ZMTP23-FRAME-10 closes on a command frame with MORE', () => {
    refuses(frame(COMMAND | MORE, commandBody('PONG')), 'frame-flags');
    refuses(longFrame(COMMAND | MORE, commandBody('PONG')), 'frame-flags');
  });
});

describe('Commands', () => {
  it('ZMTP23-COMMAND-1 is one frame with flags 04 up to 255 octets, 06 above', () => {
    const { connection } = inTraffic({ socketType: 'SUB' });
    connection.subscribe(Buffer.alloc(245, 't'), true);
    connection.subscribe(Buffer.alloc(246, 't'), true);
    const bytes = Buffer.concat(connection.output.take());
    expect(bytes.subarray(0, 2).toString('hex')).toBe('04ff');
    expect(bytes.subarray(257, 266).toString('hex')).toBe('060000000000000100');
    expect(bytes).toHaveLength(257 + 265);
  });

  it('ZMTP23-COMMAND-2 is read from a short frame and from a long one', () => {
    const topic = Buffer.alloc(300, 't');
    const short = frame(COMMAND, commandBody('SUBSCRIBE', 'a'));
    const long = [
      longFrame(COMMAND, commandBody('SUBSCRIBE', 'b')),
      longFrame(COMMAND, commandBody('SUBSCRIBE', topic)),
    ];
    delivers(Buffer.concat([short, ...long]), ['+a', '+b', `+${topic}`], { socketType: 'PUB' });
  });

  it('ZMTP23-COMMAND-3 closes on a command without a name', () => {
    refuses(frame(COMMAND, ''), 'command-malformed');
    refuses(frame(COMMAND, Buffer.of(0)), 'command-malformed');
    refuses(frame(COMMAND, Buffer.from([0, 0x41])), 'command-malformed');
  });

  it('ZMTP23-COMMAND-4 closes on a command whose name is longer than its body', () => {
    refuses(frame(COMMAND, Buffer.from([5, 0x50, 0x4f])), 'command-malformed');
    refuses(frame(COMMAND, Buffer.concat([Buffer.of(255), Buffer.alloc(254, 'A')])), 'command-malformed');
  });

  it('ZMTP23-COMMAND-5 closes on a command name that is not made of letters', () => {
    for (const name of ['PI NG', 'PING1', 'P\0NG', '\xff\xfe', 'PING-']) {
      refuses(command(name), 'command-malformed');
    }
  });

  it('ZMTP23-COMMAND-6 takes the data of a command as any octets, and none of it as a separator', () => {
    const topic = Buffer.from([0, 1, 0xff, 0, 0x0a]);
    delivers(command('SUBSCRIBE', topic), [`+${topic.toString('latin1')}`], { socketType: 'PUB' });
    delivers(command('SUBSCRIBE', Buffer.alloc(3)), ['+\0\0\0'], { socketType: 'PUB' });
  });

  it('ZMTP23-COMMAND-7 ignores and counts commands it does not know, in traffic', () => {
    const subject = inTraffic();
    const unknown = [command('JOIN', 'g'), command('X'), command('A'.repeat(255), Buffer.alloc(10))];
    const result = verdict(subject, [Buffer.concat([...unknown, message('m')])]);
    expect(result).toEqual({ log: ['message m'], violation: undefined, state: 'traffic', sent: [] });
    expect(subject.connection.ignoredCommands).toBe(3);
    delivers(Buffer.concat([command('UNKNOWN', 'data'), message('m')]), ['message m']);
  });

  it('ZMTP23-COMMAND-8 is never delivered as a message', () => {
    for (const bytes of [command('PONG', 'x'), command('PING', '\0\0'), command('SUBSCRIBE', 't'), command('CANCEL')]) {
      delivers(bytes, []);
    }
  });

  it('ZMTP23-COMMAND-9 may stand between the frames of a message', () => {
    const bytes = Buffer.concat([frame(MORE, 'a'), command('PONG'), frame(MORE, 'b'), command('NEWS'), frame(0, 'c')]);
    delivers(bytes, ['message a|b|c']);
  });
});

describe('Messages', () => {
  it('ZMTP23-MESSAGE-1 consists of any frames with MORE and one without, short and long mixed', () => {
    const long = Buffer.alloc(256, 'l');
    const frames = [frame(MORE, ''), frame(MORE, long), longFrame(MORE, 's'), frame(0, '')];
    delivers(Buffer.concat(frames), [`message |${long}|s|`]);
    expect(encoded('', long, '')).toEqual(message('', long, ''));
  });

  it('ZMTP23-MESSAGE-2 is delivered when its last frame is there, not before', () => {
    const bytes = message('one', 'two', 'three');
    const { connection, recorder } = inTraffic();
    for (const octet of bytes.subarray(0, -1)) {
      connection.receive(Buffer.of(octet), 0);
      expect(recorder.log).toEqual([]);
    }
    connection.receive(bytes.subarray(-1), 0);
    expect(recorder.log).toEqual(['message one|two|three']);
  });

  it('ZMTP23-MESSAGE-3 is sent with all its frames, nothing in between', () => {
    const { connection } = inTraffic({ socketType: 'PUSH' });
    connection.send(['a', 'b', 'c'].map((part) => Buffer.from(part)));
    connection.receive(command('PING', '\0\0'), 0);
    connection.send([Buffer.from('d')]);
    expect(sent(connection)).toEqual(['more a', 'more b', 'message c', 'PONG', 'message d']);
  });

  it('ZMTP23-MESSAGE-4 is not delivered at all when the connection ends inside it', () => {
    const { connection, recorder } = inTraffic();
    connection.receive(Buffer.concat([message('whole'), frame(MORE, 'half')]), 0);
    connection.close();
    expect(recorder.log).toEqual(['message whole']);
  });

  it('ZMTP23-MESSAGE-5 carries the data as message frames with NULL', () => {
    expect(encoded('a', 'b')).toEqual(Buffer.concat([frame(MORE, 'a'), frame(0, 'b')]));
    const { connection, recorder } = started();
    connection.receive(Buffer.concat([greeting(), ready('PUSH'), frame(COMMAND, commandBody('MESSAGE', '\0m'))]), 0);
    expect(recorder.log).toEqual(['ready PUSH']);
  });
});
