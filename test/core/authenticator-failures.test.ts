// The option `authenticator`: what fails in it keeps the peer out, is told, harms nobody else, and gives no secret away.

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { AuthenticationResult } from '../../src/index.js';
import { tried, warnings } from '../support/authenticator.js';
import { World } from '../support/world.js';
import { bindServer, dial, goodClientWorks, MECHANISMS } from '../support/zap.js';

const [NULL] = MECHANISMS;

describe('an authenticator', () => {
  const BROKEN: [what: string, authenticator: () => unknown, said: string][] = [
    [
      'throws',
      () => {
        throw new Error('no database');
      },
      'Error: no database',
    ],
    ['rejects', () => Promise.reject(new Error('no database')), 'Error: no database'],
    [
      'throws a string',
      () => {
        throw 'no database';
      },
      'no database',
    ],
    ['rejects with nothing', () => Promise.reject(undefined), 'undefined'],
    ['answers nothing', () => undefined, 'An authenticator answers whether the peer may come in'],
    ['answers null', () => null, 'An authenticator answers'],
    ['answers a number', () => 200, 'An authenticator answers'],
    ['answers status 200', () => ({ status: 200 }), 'An authenticator answers'],
    ['answers status "400"', () => ({ status: '400' }), 'An authenticator answers'],
    ['answers in words of its own', () => ({ ok: false }), 'An authenticator answers'],
    ['answers more than is asked for', () => ({ userId: 'joe', admitted: false }), 'An authenticator answers'],
    ['answers a list', () => [], 'An authenticator answers'],
    ['answers an error', () => new Error('no'), 'An authenticator answers'],
    ['answers a Map', () => new Map([['userId', 'joe']]), 'An authenticator answers'],
    [
      'throws what cannot be printed',
      () => {
        throw Object.create(null);
      },
      'Object',
    ],
    [
      'throws what throws when it is printed',
      () => {
        throw Object.defineProperty(new Error('x'), 'stack', {
          get: () => {
            throw new Error('trap');
          },
        });
      },
      'cannot be shown',
    ],
    ['answers a user id of 256 bytes', () => ({ userId: 'x'.repeat(256) }), 'A user id is text of at most 255 bytes'],
    ['answers a number for a user id', () => ({ userId: 7 }), 'A user id is text'],
    ['answers a bad property name', () => ({ properties: { Identity: 'x' } }), 'properties: a name is X-'],
    [
      'answers an object whose getter throws',
      () => ({
        get status(): never {
          throw new Error('trap');
        },
      }),
      'Error: trap',
    ],
    [
      'answers a thenable that throws',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: it is the point
        then() {
          throw new Error('trap');
        },
      }),
      'Error: trap',
    ],
  ];
  it.each(
    BROKEN,
  )('X7 Z5 that %s keeps the peer out with 500, warns once, and the socket goes on', async (_what, broken, said) => {
    const told = warnings();
    let authenticator = broken;
    const { world, server, events, clientEvents } = await tried(() => authenticator() as AuthenticationResult);
    expect(events.slice(1)).toEqual([
      'handshake:error:auth mem://a Internal error',
      'disconnect mem://a Internal error',
    ]);
    expect(clientEvents).toContain('handshake:error:auth mem://a Internal error');
    dial(world, NULL);
    await world.clock.advance(0);
    expect(events.filter((event) => event.startsWith('handshake:error:auth'))).toHaveLength(2);
    expect(told).toHaveLength(1);
    expect(told[0]?.[1]).toMatchObject({ type: 'AuthenticatorWarning', code: 'ZMTP_AUTHENTICATOR_FAILED' });
    expect(told[0]?.[1].detail).toContain(said);
    authenticator = () => true;
    expect(await goodClientWorks(world, NULL, server)).toBe(true);
  });

  it.each([
    ['a word', 'hunter2'],
    ['a list', ['hunter2']],
    ['a record with a password', { status: 'active', password: 'hunter2' }],
    ['a record with a user id', { userId: 'joe', password: 'hunter2' }],
    ['a user id that is none', { userId: ['hunter2'] }],
  ])('L7 that answers %s is not quoted: it may be a secret', async (_what, answer) => {
    const told = warnings();
    const { server } = await tried(() => answer as never);
    expect(told[0]?.[1].detail).toMatch('TypeError');
    const shown = [told, server.statistics.lastError, (server.statistics.lastError as Error).cause];
    expect(inspect(shown, { depth: 9, showHidden: true })).not.toContain('hunter2');
  });

  it('X7 that fails leaves what it threw in the event, as the cause', async () => {
    warnings();
    const failure = new Error('no database');
    const world = new World();
    const server = await bindServer(world, NULL, { authenticator: () => Promise.reject(failure) });
    const seen = server.events;
    dial(world, NULL);
    await world.clock.advance(0);
    for (;;) {
      const event = await seen.receive();
      if (event.type !== 'handshake:error:auth') continue;
      expect([event.error.status, event.error.cause]).toEqual([500, failure]);
      break;
    }
  });
});
