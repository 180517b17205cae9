// Command bodies (RFC 23 §Commands): name and data, and the reason in an ERROR.

import { describe, expect, it } from 'vitest';
import { decodeCommand, decodeError, encodeCommand, encodeError } from '../../src/protocol/command.js';
import { violationOf } from '../support/connections.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('encodeCommand', () => {
  it('is the size of the name, the name, the data', () => {
    expect(encodeCommand('PING', Buffer.of(0, 5))).toEqual(hex('04 50494e47 0005'));
    expect(encodeCommand('READY', Buffer.alloc(0))).toEqual(hex('05 5245414459'));
  });
});

describe('decodeCommand', () => {
  it('gives name and data', () => {
    expect(decodeCommand(hex('04 50494e47 0005'))).toEqual({ name: 'PING', data: Buffer.of(0, 5) });
    expect(decodeCommand(hex('01 61'))).toEqual({ name: 'a', data: Buffer.alloc(0) });
  });

  it('takes a name of 255 letters', () => {
    const name = 'N'.repeat(255);
    expect(decodeCommand(encodeCommand(name, Buffer.from('data')))).toEqual({ name, data: Buffer.from('data') });
  });

  it('leaves the data where it is: no copy', () => {
    const body = encodeCommand('SUBSCRIBE', Buffer.from('topic'));
    expect(decodeCommand(body).data.buffer).toBe(body.buffer);
  });

  it.each([
    ['C1 an empty body', ''],
    ['C2 a name of no letters', '00'],
    ['C2 a name of no letters, with data', '00 5245414459'],
    ['C3 a name one letter longer than the body', '06 5245414459'],
    ['C3 a name of 255 letters in a body of 2', 'ff 41'],
    ['C3 a name size and nothing else', '01'],
    ['C5 a name with a non-ASCII letter', '05 c1c1c1c1c1'],
    ['C5 a name with a digit', '05 5049 4e47 31'],
    ['C5 a name with a NUL', '05 50494e47 00'],
    ['C5 a name that ends in a line feed', '05 50494e47 0a'],
    ['C5 a name with a space', '05 50 20 4e4720'],
  ])('%s is malformed', (_, body) => {
    expect(violationOf(() => decodeCommand(hex(body)))).toBe('command-malformed');
  });
});

describe('ERROR', () => {
  it('carries a reason with its size', () => {
    expect(encodeError('No')).toEqual(hex('05 4552524f52 02 4e6f'));
    expect(encodeError('')).toEqual(hex('05 4552524f52 00'));
  });

  it('cuts a reason at 255 octets', () => {
    const { name, data } = decodeCommand(encodeError('x'.repeat(300)));
    expect(name).toBe('ERROR');
    expect(decodeError(data)).toBe('x'.repeat(255));
  });

  it('is one octet a letter', () => {
    expect(encodeError('\xe9')).toEqual(hex('05 4552524f52 01 e9'));
    expect(decodeError(hex('01 e9'))).toBe('\xe9');
  });

  it.each(['', 'Incompatible socket type', 'r'.repeat(255)])('reads the reason %j', (reason) => {
    expect(decodeError(decodeCommand(encodeError(reason)).data)).toBe(reason);
  });

  it.each([
    ['no reason at all', ''],
    ['a reason shorter than its size', '03 4e6f'],
    ['a reason longer than its size', '01 4e6f'],
    ['bytes behind an empty reason', '00 00'],
  ])('with %s is malformed', (_, data) => {
    expect(violationOf(() => decodeError(hex(data)))).toBe('error-malformed');
  });
});
