// The messages of ZAP as bytes: what is asked, and which replies count. What a socket makes of them is in test/fault/zap.test.ts
// and test/spec/rfc-27.test.ts.

import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../src/errors.js';
import { decodeZapReply, encodeZapRequest, utf8 } from '../../src/security/zap.js';
import { property } from '../support/wire.js';

const context = { domain: 'd', address: '10.0.0.1', routingId: Buffer.from('me') };
const ok = ['', '1.0', '1', '200', 'OK', 'joe', ''];
const decode = (frames: (string | Buffer)[]) => decodeZapReply(frames.map((frame) => Buffer.from(frame as string)));
const verdict = (frames: (string | Buffer)[]): string => {
  try {
    return `${decode(frames).status}`;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return error.violation;
  }
};
const changed = (at: number, frame: string | Buffer) => ok.map((one, i) => (i === at ? frame : one));

describe('a request', () => {
  it('has the delimiter, the version, an id, the domain, the address, the routing id, the mechanism, the credentials', () => {
    const credentials = [Buffer.from('name'), Buffer.from('word')];
    const frames = encodeZapRequest(context, { mechanism: 'PLAIN', credentials });
    expect(frames.map(String)).toEqual(['', '1.0', '1', 'd', '10.0.0.1', 'me', 'PLAIN', 'name', 'word']);
  });

  it('has no credentials for NULL, and what there is none of is empty', () => {
    const none = { domain: '', address: '', routingId: Buffer.alloc(0) };
    const frames = encodeZapRequest(none, { mechanism: 'NULL', credentials: [] });
    expect(frames.map(String)).toEqual(['', '1.0', '1', '', '', '', 'NULL']);
  });

  it('shares no memory with the socket’s option', () => {
    const frames = encodeZapRequest(context, { mechanism: 'NULL', credentials: [] });
    frames[5]?.fill(0);
    expect(context.routingId.toString()).toBe('me');
  });
});

describe('a reply', () => {
  it('says whether, who and what', () => {
    expect(decode(changed(6, property('X-Role', 'admin')))).toEqual({
      status: 200,
      userId: 'joe',
      properties: new Map([['x-role', Buffer.from('admin')]]),
    });
  });

  it.each(['200', '300', '400', '500'])('may have the status %s', (status) => {
    expect(decode(changed(3, status)).status).toBe(Number(status));
  });

  it('may have a user id of 255 bytes, and of any text', () => {
    expect(decode(changed(5, 'x'.repeat(255))).userId).toHaveLength(255);
    expect(decode(changed(5, '\ufeffjörg 🎻')).userId).toBe('\ufeffjörg 🎻');
  });

  it.each<[string, (string | Buffer)[], string]>([
    ['no frames', [], 'zap-malformed-reply'],
    ['six frames', ok.slice(0, 6), 'zap-malformed-reply'],
    ['eight frames', [...ok, ''], 'zap-malformed-reply'],
    ['a delimiter with something in it', changed(0, 'x'), 'zap-malformed-reply'],
    ['version 1', changed(1, '1'), 'zap-version'],
    ['version 1.00', changed(1, '1.00'), 'zap-version'],
    ['id 01', changed(2, '01'), 'zap-request-id'],
    ['id 11', changed(2, '11'), 'zap-request-id'],
    ['status 20', changed(3, '20'), 'zap-status-code'],
    ['status 0200', changed(3, '0200'), 'zap-status-code'],
    ['status 200 and a line feed', changed(3, '200\n'), 'zap-status-code'],
    ['status 210', changed(3, '210'), 'zap-status-code'],
    ['status 201', changed(3, '201'), 'zap-status-code'],
    ['status as number', changed(3, Buffer.of(200)), 'zap-status-code'],
    ['a user id of 256 bytes', changed(5, 'x'.repeat(256)), 'zap-malformed-reply'],
    ['a user id of 128 letters of two bytes', changed(5, 'ö'.repeat(128)), 'zap-malformed-reply'],
    ['a user id that is no text', changed(5, Buffer.of(0xc3)), 'zap-malformed-reply'],
    ['metadata that is cut off', changed(6, property('X-a', 'b', 2)), 'zap-metadata'],
  ])('with %s is none: %s', (_what, frames, violation) => {
    expect(verdict(frames)).toBe(violation);
  });

  it('that is none says what is wrong with it', () => {
    expect(() => decode(changed(3, '20'))).toThrow(
      expect.objectContaining({
        message: 'ZAP protocol error',
        detail: 'the ZAP handler\'s reply: a status is 200, 300, 400 or 500, not "20"',
      }),
    );
  });
});

describe('text', () => {
  it('is what has one reading only', () => {
    expect([utf8(Buffer.from('jörg')), utf8(Buffer.alloc(0))]).toEqual(['jörg', '']);
    for (const bytes of ['ff', 'c3', 'c080', 'eda080', 'f4908080']) {
      expect(utf8(Buffer.from(bytes, 'hex'))).toBeUndefined();
    }
  });
});
