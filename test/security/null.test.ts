// The NULL mechanism (RFC 23 §NULL) alone: READY out, READY in, and every command that is neither.

import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../src/errors.js';
import { zapRequest } from '../../src/protocol/mechanism.js';
import { NullMechanism } from '../../src/security/null.js';
import { violationOf } from '../support/connections.js';
import { saying } from '../support/errors.js';
import { commandBody, property } from '../support/wire.js';

const metadata = Buffer.concat([property('Socket-Type', 'PULL'), property('Identity', '')]);
const data = (text: string) => Buffer.from(text, 'latin1');

describe('NullMechanism', () => {
  it('is called NULL and is no server', () => {
    const mechanism = new NullMechanism(metadata);
    expect([mechanism.name, mechanism.asServer]).toEqual(['NULL', false]);
  });

  it('starts with READY and our metadata', () => {
    const step = new NullMechanism(metadata).start();
    expect(step).toEqual({ next: 'send', command: commandBody('READY', metadata) });
  });

  it('is ready with the properties of the peer’s READY, and answers nothing', () => {
    const mechanism = new NullMechanism(metadata);
    mechanism.start();
    const step = mechanism.receive({ name: 'READY', data: property('Socket-Type', 'PUSH') });
    expect(step).toEqual({ next: 'ready', properties: new Map([['socket-type', data('PUSH')]]) });
  });

  it('takes a READY without properties: what must be there is for the connection to say', () => {
    expect(new NullMechanism(metadata).receive({ name: 'READY', data: data('') })).toEqual({
      next: 'ready',
      properties: new Map(),
    });
  });

  it('N4, N5, N6 refuses malformed metadata', () => {
    for (const bad of [property('', 'x'), property('X', 'x', 2), Buffer.concat([metadata, Buffer.of(0)])]) {
      const receive = () => new NullMechanism(metadata).receive({ name: 'READY', data: bad });
      expect(violationOf(receive)).toBe('metadata-malformed');
    }
  });

  it('N13 an ERROR is the end, with its reason quoted', () => {
    const mechanism = new NullMechanism(metadata);
    const receive = () => mechanism.receive({ name: 'ERROR', data: data('\x0bno "entry"\n') });
    expect(violationOf(receive)).toBe('peer-error');
    expect(receive).toThrow(saying('the peer refused us: "no \\"entry\\"\\n"'));
  });

  it('N13 an ERROR whose reason does not fill it is malformed', () => {
    const mechanism = new NullMechanism(metadata);
    for (const bad of ['', '\x03no', '\x01no']) {
      expect(violationOf(() => mechanism.receive({ name: 'ERROR', data: data(bad) }))).toBe('error-malformed');
    }
  });

  it.each([
    'ready',
    'Ready',
    'error',
    'HELLO',
    'WELCOME',
    'INITIATE',
    'PING',
    'PONG',
    'SUBSCRIBE',
    'CANCEL',
    'X',
  ])('C7, C8, C11 %s is not expected', (name) => {
    const receive = () => new NullMechanism(metadata).receive({ name, data: data('') });
    expect(violationOf(receive)).toBe('command-unexpected');
    expect(receive).toThrow(ProtocolError);
    expect(receive).toThrow(saying(`"${name}"`));
  });

  const reply = (status: 200 | 300 | 400 | 500) => ({ status, userId: '', properties: new Map() });

  it('asks before its READY where it is told to', () => {
    const mechanism = new NullMechanism(metadata, true);
    expect(mechanism.start()).toEqual({ next: 'zap', request: zapRequest('NULL', []) });
    expect(mechanism.zapReply(reply(200))).toEqual({ next: 'send', command: commandBody('READY', metadata) });
  });

  it.each([400, 500] as const)('Z2 tells a peer that %i kept out', (status) => {
    const command = commandBody('ERROR', Buffer.concat([Buffer.of(3), data(`${status}`)]));
    expect(new NullMechanism(metadata, true).zapReply(reply(status))).toEqual({ next: 'refuse', status, command });
  });

  it('Z2 says nothing of a temporary refusal: the peer shall try again', () => {
    expect(new NullMechanism(metadata, true).zapReply(reply(300))).toEqual({ next: 'refuse', status: 300 });
  });

  it.each([300, 400, 500])('is told that it was kept out by %i', (status) => {
    const receive = () => new NullMechanism(metadata).receive({ name: 'ERROR', data: data(`\x03${status}`) });
    expect(receive).toThrow(
      expect.objectContaining({ name: 'AuthError', status, detail: 'the peer did not let us in' }),
    );
  });

  it.each(['200', '600', '4000', '40', '4x0'])('takes the reason %s for one in words', (reason) => {
    const receive = () =>
      new NullMechanism(metadata).receive({
        name: 'ERROR',
        data: Buffer.concat([Buffer.of(reason.length), data(reason)]),
      });
    expect(violationOf(receive)).toBe('peer-error');
  });
});
