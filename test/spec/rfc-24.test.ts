// RFC 24/ZMTP-PLAIN, one clause of spec-notes/rfc-24.md per title. What a peer can get wrong is in test/security.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PlainClient } from '../../src/security/plain-client.js';
import { PlainServer } from '../../src/security/plain-server.js';
import { type Subject, sent, started } from '../support/connections.js';
import { command, greeting, message, property } from '../support/wire.js';

const metadata = property('Socket-Type', 'PULL');
const clientGreeting = greeting({ mechanism: 'PLAIN' });
const serverGreeting = greeting({ mechanism: 'PLAIN', asServer: 1 });
const HELLO = command('HELLO', '\x03joe\x06secret');
const INITIATE = command('INITIATE', property('Socket-Type', 'PUSH'));
const READY = command('READY', property('Socket-Type', 'PUSH'));

const server = (): Subject => started({ mechanism: new PlainServer(metadata) });
const client = (): Subject =>
  started({ mechanism: new PlainClient({ metadata, username: Buffer.from('joe'), password: Buffer.from('secret') }) });

/** Whoever decides lets the peer in. */
function letIn({ connection }: Subject): void {
  connection.zapReply({ status: 200, userId: '', properties: new Map() }, 0);
}

describe('PLAIN', () => {
  it('PLAIN24-ROLES-1 says in its greeting which side it is', () => {
    expect(Buffer.concat(server().connection.output.take())).toEqual(serverGreeting);
    expect(Buffer.concat(client().connection.output.take())).toEqual(clientGreeting);
  });

  it('PLAIN24-ROLES-2 warns whoever reads how to secure a socket', () => {
    const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
    expect(page).toMatch(/PLAIN[^.]*in the open/);
  });

  it('PLAIN24-HANDSHAKE-1 begins with HELLO, a user name and a password', () => {
    const { connection } = client();
    connection.receive(serverGreeting, 0);
    expect(sent(connection)).toEqual(['greeting', 'HELLO \x03joe\x06secret']);
    const subject = server();
    subject.connection.receive(Buffer.concat([clientGreeting, HELLO]), 0);
    expect(subject.recorder.log).toEqual(['zap PLAIN|joe|secret']);
  });

  it('PLAIN24-HANDSHAKE-2 accepts with WELCOME once somebody has said so', () => {
    const subject = server();
    subject.connection.receive(Buffer.concat([clientGreeting, HELLO]), 0);
    expect(sent(subject.connection)).toEqual(['greeting']);
    letIn(subject);
    expect(sent(subject.connection)).toEqual(['WELCOME']);
  });

  it('PLAIN24-HANDSHAKE-4 goes on with INITIATE and READY, metadata in both', () => {
    const { connection, recorder } = client();
    connection.receive(Buffer.concat([serverGreeting, command('WELCOME')]), 0);
    expect(sent(connection).at(-1)).toBe(`INITIATE ${metadata.toString('latin1')}`);
    connection.receive(READY, 0);
    expect(recorder.log).toEqual(['ready PUSH']);
    const subject = server();
    subject.connection.receive(Buffer.concat([clientGreeting, HELLO]), 0);
    letIn(subject);
    subject.connection.receive(INITIATE, 0);
    expect(sent(subject.connection).at(-1)).toBe(`READY ${metadata.toString('latin1')}`);
    expect(subject.recorder.log.at(-1)).toBe('ready PUSH');
  });

  it('PLAIN24-HANDSHAKE-6 sends messages after READY, and takes none before', () => {
    const subject = server();
    subject.recorder.onReady = () => subject.connection.send([Buffer.from('at once')]);
    subject.connection.receive(Buffer.concat([clientGreeting, HELLO]), 0);
    letIn(subject);
    subject.connection.receive(INITIATE, 0);
    expect(sent(subject.connection).map((line) => line.split(' ')[0])).toEqual([
      'greeting',
      'WELCOME',
      'READY',
      'message',
    ]);
    const { connection } = client();
    connection.receive(serverGreeting, 0);
    expect(() => connection.receive(message('early'), 0)).toThrow('ZMTP protocol error');
  });
});
