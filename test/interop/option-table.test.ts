// Every option property, against zeromq.js itself: default, what can be set, what is read back, and in which words bad values
// are refused. What differs on purpose is named in option-differences.ts.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as zeromq from 'zeromq';
import * as zmtp from '../../src/index.js';
import { classes } from '../support/classes.js';
import { DIFFERENCES } from './option-differences.js';

type Options = Record<string, unknown>;
interface Closable {
  close(): void;
}

const VALUES = [
  -2,
  -1,
  0,
  1,
  7,
  99,
  100,
  250,
  1500,
  2 ** 31 - 1,
  true,
  false,
  null,
  '',
  'lo',
  'x'.repeat(20),
  'x'.repeat(256),
  '127.0.0.1',
  Buffer.from('ab'),
  undefined,
  {},
  Symbol('x'),
];

/** What is read back, or the error, or that there is no such property. */
function attempt(socket: Options, name: string, value: unknown): unknown {
  try {
    socket[name] = value;
    return socket[name];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `${code ?? (error as Error).constructor.name} ${message}`;
  }
}

function read(socket: Options, name: string): unknown {
  try {
    return socket[name];
  } catch (error) {
    return `${(error as NodeJS.ErrnoException).code} ${(error as Error).message}`;
  }
}

/** In this order the security options select one mechanism after the other. */
const STEPS: readonly (readonly [name: string, value: unknown])[] = [
  ['plainUsername', 'user'],
  ['plainPassword', 'secret'],
  ['plainUsername', null],
  ['plainServer', true],
  ['curveServer', true],
  ['plainServer', false],
  ['curveServerKey', Buffer.alloc(32, 7)],
  ['plainPassword', null],
];

/** What is no option. */
const OTHERWISE = /^(events|context|closed|readable|writable)$/;
const KEYS = /^curve(Public|Secret|Server)Key$/;

/** Values with which ours does something else on purpose: named and explained in option-differences.ts. */
const DIFFERENT: Readonly<Record<string, { readonly values: readonly unknown[]; readonly name: string }>> = {
  heartbeatTimeout: { values: [-1], name: 'the heartbeat timeout can be set to its default' },
  verbosity: { values: VALUES, name: 'an unknown verbosity is refused' },
};

function namesOf(prototype: object): string[] {
  const parents = Object.getPrototypeOf(prototype);
  const own = Object.entries(Object.getOwnPropertyDescriptors(prototype)).filter(([, { get, set }]) => get ?? set);
  return [...own.map(([name]) => name), ...(parents === null ? [] : namesOf(parents))];
}

describe.each(classes.map(({ name }) => name))('%s', (name) => {
  const theirs = new (zeromq as unknown as Record<string, new () => Options & Closable>)[name]!();
  const ours = new (zmtp as unknown as Record<string, new () => Options & Closable>)[name]!();
  const names = namesOf(Object.getPrototypeOf(theirs)).filter(
    (option) => !OTHERWISE.test(option) && option !== '__proto__',
  );

  it.each(names)('%s', (option) => {
    expect(option in ours).toBe(true);
    if (option === 'mandatory' || KEYS.test(option)) return;
    expect(read(ours, option)).toEqual(read(theirs, option));
    for (const value of VALUES) {
      if (DIFFERENT[option]?.values.includes(value)) continue;
      expect(attempt(ours, option, value), `set to ${String(value)}`).toEqual(attempt(theirs, option, value));
    }
  });
});

describe('a difference', () => {
  it('of a property has its name in the list', () => {
    const names = DIFFERENCES.map(({ name }) => name);
    for (const { name } of Object.values(DIFFERENT)) expect(names).toContain(name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is told, with its reason, in the note on differences', () => {
    const notes = readFileSync(new URL('../../spec-notes/zeromqjs-differences.md', import.meta.url), 'utf8');
    const section = notes.split(/^## /m).find((part) => part.startsWith('Options\n')) ?? '';
    const told = section
      .split(/^### /m)
      .slice(1)
      .map((entry) => {
        const [name, ...lines] = entry.trim().split('\n');
        return { name, reason: lines.join(' ').trim() };
      });
    expect(told).toEqual(DIFFERENCES.map(({ name, reason }) => ({ name, reason })));
  });
});

describe('of a difference', () => {
  it('mandatory can be read', () => {
    const router = new zmtp.Router();
    expect(router.mandatory).toBe(false);
    router.mandatory = true;
    expect(router.mandatory).toBe(true);
    router.close();
  });

  it('CURVE keys can be read, as Z85, and say which mechanism is meant', () => {
    const { publicKey, secretKey } = zeromq.curveKeyPair();
    const [ours, theirs] = [new zmtp.Dealer(), new zeromq.Dealer()];
    expect(ours.curveSecretKey).toBeNull();
    for (const socket of [ours, theirs])
      Object.assign(socket, { curvePublicKey: publicKey, curveSecretKey: secretKey });
    expect([ours.curvePublicKey, ours.curveSecretKey]).toEqual([publicKey, secretKey]);
    for (const [name, value] of STEPS) {
      for (const socket of [ours, theirs] as unknown as Options[]) socket[name] = value;
      for (const shown of ['securityMechanism', 'plainServer', 'curveServer', 'plainUsername', 'plainPassword'])
        expect((ours as unknown as Options)[shown], `${shown} after ${name}`).toBe(
          (theirs as unknown as Options)[shown],
        );
    }
    for (const socket of [ours, theirs]) socket.close();
  });
});
