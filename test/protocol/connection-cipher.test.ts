// What a Connection does with a mechanism's cipher, shown with one that anybody can read: the sealed body is a mark, the flags
// and the body. What CURVE's seals and refuses is in test/security.

import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../src/errors.js';
import { COMMAND_MAX } from '../../src/protocol/frame-limits.js';
import type { Cipher, Mechanism, Step } from '../../src/protocol/mechanism.js';
import { decodeMetadata } from '../../src/protocol/metadata.js';
import { PEER, type Setup, type Subject, started, verdict } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { saying } from '../support/errors.js';
import { COMMAND, commandBody, frame, greeting, longFrame, MORE, property, readFrames } from '../support/wire.js';

const MARK = 0xaa;

class Legible implements Cipher {
  readonly overhead = 2;
  flags = 0;

  seal(flags: number, body: Uint8Array): Buffer {
    return Buffer.concat([Buffer.of(MARK, flags), body]);
  }

  open(body: Buffer): Buffer {
    if (body[0] !== MARK) throw new ProtocolError('box-closed', 'no mark');
    this.flags = body[1]!;
    return body.subarray(2);
  }
}

function sealedTraffic(setup: Setup = {}): Subject {
  const properties = decodeMetadata(property('Socket-Type', PEER[setup.socketType ?? 'PULL']));
  const mechanism: Mechanism = {
    name: 'TEST',
    asServer: false,
    cipher: new Legible(),
    start: (): Step => ({ next: 'ready', command: Buffer.from(commandBody('READY')), properties }),
    receive: (): Step => ({ next: 'wait' }),
    zapReply: (): Step => ({ next: 'wait' }),
  };
  const subject = started({ ...setup, mechanism });
  subject.connection.receive(greeting({ mechanism: 'TEST' }), 0);
  subject.recorder.log.length = 0;
  return subject;
}

const body = (flags: number, text: string): Buffer => Buffer.concat([Buffer.of(MARK, flags), Buffer.from(text)]);
const sealed = (flags: number, text: string): Buffer => frame(0, body(flags, text));

/** What was sent after the greeting, frame by frame. */
function frames({ connection }: Subject): string[] {
  const bytes = Buffer.concat(connection.output.take());
  return readFrames(bytes[0] === 0xff ? bytes.subarray(64) : bytes).map(
    (sent) => `${sent.flags}:${sent.body.toString('latin1')}`,
  );
}

describe('a cipher', () => {
  it('seals everything after READY, which goes as it is, in frames without flags', () => {
    const subject = sealedTraffic({ socketType: 'SUB' });
    subject.connection.send([Buffer.from('a'), Buffer.from('b')]);
    subject.connection.subscribe(Buffer.from('t'), true);
    expect(frames(subject)).toEqual(['4:\x05READY', '0:\xaa\x01a', '0:\xaa\x00b', '0:\xaa\x04\x09SUBSCRIBEt']);
  });

  it('seals answers to PINGs, owed ones too', () => {
    const subject = sealedTraffic();
    const { connection } = subject;
    frames(subject);
    connection.congested = true;
    connection.receive(sealed(COMMAND, '\x04PING\0\0x'), 0);
    expect(frames(subject)).toEqual([]);
    connection.congested = false;
    connection.receive(sealed(COMMAND, '\x04PING\0\0y'), 0);
    expect(frames(subject)).toEqual(['0:\xaa\x04\x04PONGx', '0:\xaa\x04\x04PONGy']);
  });

  it('opens messages and commands, in every delivery', () => {
    const bytes = Buffer.concat([
      sealed(MORE, 'a'),
      sealed(COMMAND, '\x03NEW'),
      sealed(0, 'b'),
      sealed(0, ''),
      frame(COMMAND, body(0, 'c')),
    ]);
    eachDelivery(bytes, (chunks) => {
      const subject = sealedTraffic();
      expect(verdict(subject, chunks)).toMatchObject({
        log: ['message a|b', 'message ', 'message c'],
        violation: undefined,
      });
      expect(subject.connection.ignoredCommands).toBe(1);
    });
  });

  it('is asked of lone frames, too: what it refuses is no message', () => {
    eachDelivery(frame(0, 'clear'), (chunks) => {
      expect(verdict(sealedTraffic(), chunks)).toMatchObject({ log: [], violation: 'box-closed', state: 'closed' });
    });
  });

  it('F2 is not asked of a frame with MORE', () => {
    const { connection } = sealedTraffic();
    expect(() => connection.receive(frame(MORE, body(0, 'x')), 0)).toThrow(saying('sealed frame has the MORE flag'));
  });

  it('is not a part of what maxMessageSize counts', () => {
    const setup = { maxMessageSize: 5 };
    const log = ['message 12345', 'message 123|45'];
    const fits = Buffer.concat([sealed(0, '12345'), sealed(MORE, '123'), sealed(0, '45')]);
    expect(verdict(sealedTraffic(setup), [fits])).toMatchObject({ log, violation: undefined });
    for (const over of [sealed(0, '123456'), Buffer.concat([sealed(MORE, '123'), sealed(0, '456')])]) {
      const { connection } = sealedTraffic(setup);
      expect(() => connection.receive(over, 0)).toThrow(saying('message of more than 5 bytes (option maxMessageSize)'));
    }
  });
});

describe('a sealed frame', () => {
  const LARGE = 3 * COMMAND_MAX;

  it.each([
    ['the message, where that is larger', LARGE, LARGE + 2],
    ['a command, where that is larger', 10, COMMAND_MAX + 2],
  ])('may be announced as large as %s', (_, maxMessageSize, most) => {
    for (const flags of [0, COMMAND]) {
      const [fits, over] = [most, most + 1].map((size) => longFrame(flags, '', BigInt(size)));
      expect(verdict(sealedTraffic({ maxMessageSize }), [fits!]).violation).toBeUndefined();
      expect(verdict(sealedTraffic({ maxMessageSize }), [over!]).violation).toBe('frame-size');
    }
  });

  it('holds a message larger than a command may be', () => {
    const text = 'x'.repeat(COMMAND_MAX + 1);
    const { log } = verdict(sealedTraffic({ maxMessageSize: LARGE }), [sealed(0, text)]);
    expect(log).toEqual([`message ${text}`]);
  });

  it('holds a command of 64 KiB, and not one octet more', () => {
    const command = (size: number) => sealed(COMMAND, `\x03NEW${'x'.repeat(size - 4)}`);
    const subject = sealedTraffic({ maxMessageSize: LARGE });
    expect(verdict(subject, [command(COMMAND_MAX)]).violation).toBeUndefined();
    expect(subject.connection.ignoredCommands).toBe(1);
    const other = sealedTraffic({ maxMessageSize: LARGE }).connection;
    expect(() => other.receive(command(COMMAND_MAX + 1), 0)).toThrow(
      saying('sealed command of 65537 bytes is over 65536'),
    );
  });
});
