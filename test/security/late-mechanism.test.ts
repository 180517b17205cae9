// A mechanism whose code comes late: what it says before, and that it is the real one from then on.

import { describe, expect, it } from 'vitest';
import type { Cipher, Mechanism, Step, ZapReply } from '../../src/protocol/mechanism.js';
import { LateMechanism } from '../../src/security/late-mechanism.js';

const SEND: Step = { next: 'send', command: Buffer.from('HELLO') };
const COMMAND = { name: 'WELCOME', data: Buffer.from('data') };
const REPLY: ZapReply = { status: 200, userId: 'me', properties: new Map() };

/** Writes down what it is asked. */
class Real implements Mechanism {
  readonly name = 'CURVE';
  readonly asServer = true;
  readonly cipher = { overhead: 33 } as Cipher;
  readonly asked: unknown[] = [];
  readonly first: Step;

  constructor(first: Step) {
    this.first = first;
  }

  start(): Step {
    this.asked.push('start');
    return this.first;
  }

  receive(command: object): Step {
    this.asked.push(command);
    return SEND;
  }

  zapReply(reply: ZapReply): Step {
    this.asked.push(reply);
    return { next: 'wait' };
  }

  erase(): void {
    this.asked.push('erase');
  }
}

function late(first: Step): { real: Real; mechanism: LateMechanism; made: () => number } {
  const real = new Real(first);
  let count = 0;
  const make = (): Mechanism => {
    count++;
    return real;
  };
  return { real, mechanism: new LateMechanism('CURVE', true, make), made: () => count };
}

function begun({ mechanism }: ReturnType<typeof late>): Step {
  const step = mechanism.start();
  if (step.next !== 'work') throw new Error(step.next);
  return step.run();
}

describe('a mechanism whose code comes late', () => {
  it('knows what stands in the greeting, asks for work first, and is made when that is done', () => {
    const { mechanism, real, made } = late(SEND);
    expect([mechanism.name, mechanism.asServer, mechanism.cipher]).toEqual(['CURVE', true, undefined]);
    expect(mechanism.start().next).toBe('work');
    expect([made(), real.asked]).toEqual([0, []]);
  });

  it.each<[string, Step, Step]>([
    ['does', { next: 'wait' }, { next: 'wait' }],
    ['has as costly work, at once,', { next: 'work', run: () => SEND }, SEND],
  ])('then does what the real one %s first', (_, first, expected) => {
    const set = late(first);
    expect(begun(set)).toEqual(expected);
    expect([set.made(), set.real.asked]).toEqual([1, ['start']]);
  });

  it('passes on what it is told, and has the cipher of the real one', () => {
    const set = late(SEND);
    begun(set);
    const { mechanism, real } = set;
    expect([mechanism.receive(COMMAND), mechanism.zapReply(REPLY)]).toEqual([SEND, { next: 'wait' }]);
    mechanism.erase();
    expect(real.asked).toEqual(['start', COMMAND, REPLY, 'erase']);
    expect(mechanism.cipher).toBe(real.cipher);
  });

  it('has nothing to erase before', () => {
    const { mechanism, made } = late(SEND);
    mechanism.erase();
    expect(made()).toBe(0);
  });

  it('erases nothing where the real one has no secrets', () => {
    const real: Mechanism = {
      name: 'CURVE',
      asServer: false,
      start: () => SEND,
      receive: () => SEND,
      zapReply: () => SEND,
    };
    const mechanism = new LateMechanism('CURVE', false, () => real);
    const step = mechanism.start();
    if (step.next === 'work') expect(step.run()).toBe(SEND);
    expect(() => mechanism.erase()).not.toThrow();
  });
});
