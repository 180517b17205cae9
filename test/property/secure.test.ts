// PLAIN and CURVE as properties: two ends of ours agree whatever the cut of the bytes and the moment at which work is done and
// answers come; any bytes in their place cause a ProtocolError or nothing.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../src/errors.js';
import type { Mechanism } from '../../src/protocol/mechanism.js';
import { CurveClient } from '../../src/security/curve-client.js';
import { CurveServer } from '../../src/security/curve-server.js';
import { PlainClient } from '../../src/security/plain-client.js';
import { PlainServer } from '../../src/security/plain-server.js';
import { cutInto, octets, sizes } from '../support/arbitraries.js';
import { type Subject, started, violationOf } from '../support/connections.js';
import { CLIENT_KEYS, clientGreeting, SERVER_KEYS, serverGreeting, sodium } from '../support/curve.js';
import { command, frame, greeting, property } from '../support/wire.js';

type Kind = 'PLAIN' | 'CURVE';

function mechanism(kind: Kind, side: 'client' | 'server', socketType: string): Mechanism {
  const metadata = property('Socket-Type', socketType);
  const [username, password] = [Buffer.from('joe'), Buffer.from('')];
  const get = () => sodium;
  if (side === 'server') {
    const { secretKey } = SERVER_KEYS;
    return kind === 'PLAIN' ? new PlainServer(metadata) : new CurveServer({ metadata, secretKey, sodium: get });
  }
  if (kind === 'PLAIN') return new PlainClient({ metadata, username, password });
  const { secretKey } = CLIENT_KEYS;
  return new CurveClient({ metadata, secretKey, serverKey: SERVER_KEYS.publicKey, sodium: get });
}

/** Does what is due, when it is due now. */
function attend({ connection, recorder }: Subject, now: boolean): void {
  const answer = { status: 200, userId: '', properties: new Map() } as const;
  if (now) {
    recorder.onWork = () => connection.work(0);
    recorder.onZap = () => connection.zapReply(answer, 0);
  } else {
    if (connection.state === 'work') connection.work(0);
    if (connection.state === 'zap') connection.zapReply(answer, 0);
  }
}

describe.each<Kind>(['PLAIN', 'CURVE'])('two ends of %s', (kind) => {
  const parts = fc.array(octets(300), { minLength: 1, maxLength: 4 });

  it('understand each other whatever the cut and the moment', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.boolean(),
        fc.array(parts, { maxLength: 6 }),
        fc.boolean(),
        (cut, atOnce, messages, swap) => {
          const client = started({ socketType: 'PAIR', mechanism: mechanism(kind, 'client', 'PAIR') });
          const server = started({ socketType: 'PAIR', mechanism: mechanism(kind, 'server', 'PAIR') });
          if (atOnce) for (const end of [client, server]) attend(end, true);
          const carry = (from: Subject, to: Subject): void => {
            for (const chunk of cutInto(Buffer.concat(from.connection.output.take()), cut)) {
              to.connection.receive(Buffer.from(chunk), 0);
              attend(to, atOnce);
            }
          };
          for (let turn = 0; turn < 4; turn++) {
            carry(client, server);
            carry(server, client);
          }
          const [from, to] = swap ? [server, client] : [client, server];
          for (const message of messages) from.connection.send(message);
          carry(from, to);
          expect([client.connection.state, server.connection.state]).toEqual(['traffic', 'traffic']);
          expect(to.recorder.messages).toEqual(messages);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('meet any bytes with a ProtocolError, or wait for more', () => {
    const NAMES = ['HELLO', 'WELCOME', 'INITIATE', 'READY', 'ERROR', 'MESSAGE', 'PING'];
    const one = fc.oneof(
      octets(400).map((bytes) => frame(4, bytes)),
      fc.tuple(fc.constantFrom(...NAMES), octets(400)).map(([name, bytes]) => command(name, bytes)),
      fc
        .tuple(fc.constantFrom(...NAMES), fc.constantFrom(0, 24, 160, 194, 248, 300))
        .map(([name, size]) => command(name, Buffer.alloc(size, 1))),
    );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 4 }), fc.boolean(), (commands, asServer) => {
        const end = started({ mechanism: mechanism(kind, asServer ? 'server' : 'client', 'PULL') });
        attend(end, true);
        const hello =
          kind === 'CURVE' ? (asServer ? clientGreeting : serverGreeting) : greeting({ mechanism: 'PLAIN' });
        try {
          end.connection.receive(Buffer.concat([hello, ...commands]), 0);
        } catch (error) {
          expect(error).toSatisfy((one) => one instanceof ProtocolError || (one as Error).name === 'AuthError');
          expect(end.connection.state).toBe('closed');
        }
        expect(violationOf(() => end.connection.close())).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
