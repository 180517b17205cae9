// The lock-step of REQ and REP (RFC 28): their tables, drawn into spec-notes/ and held equal; and a model walked at random.
//
// After a change of a table, `npx vitest run --project unit -u test/patterns/req-rep-states.test.ts` draws it anew.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REP_STATES, RepPattern } from '../../src/patterns/rep.js';
import { REQ_STATES, ReqPattern } from '../../src/patterns/req.js';
import { Bench, message } from '../support/pipes.js';
import { drawn, edgesOf } from '../support/state-diagram.js';

const TEST = 'test/patterns/req-rep-states.test.ts';

describe.each([
  ['REQ', REQ_STATES, 'req'],
  ['REP', REP_STATES, 'rep'],
] as const)('the table of %s', (name, table, file) => {
  it(`is drawn in spec-notes/${file}-states.md`, async () => {
    const source = `\`${name}_STATES\` in \`src/patterns/${file}.ts\``;
    const page = drawn(`The states of a ${name} socket`, table, source, TEST);
    await expect(page).toMatchFileSnapshot(`../../spec-notes/${file}-states.md`);
  });

  it('leads only to states that it has, and to each of them', () => {
    const states = Object.keys(table);
    expect(new Set(edgesOf(table).map(({ to }) => to))).toEqual(new Set(states));
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(table)).toBe(true);
  });
});

type Step = 'send' | 'receive' | 'peer';
const steps = fc.array(fc.constantFrom<Step>('send', 'receive', 'peer'), { maxLength: 40 });

/** `ok`, `nothing` for would block, or the code of the error. */
function outcome(action: () => boolean): string {
  try {
    return action() ? 'ok' : 'nothing';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('lock-step', () => {
  it.each([false, true])('REQ, relaxed %s: send and receive are legal when the model says so', (relaxed) => {
    fc.assert(
      fc.property(steps, (walk) => {
        const bench = new Bench(ReqPattern, { relaxed });
        const { pipe } = bench.peer();
        let waiting = false;
        let replies = 0;
        for (const step of walk) {
          expect(bench.pattern.writable).toBe(!waiting || relaxed);
          expect(bench.pattern.readable).toBe(waiting && replies > 0);
          if (step === 'peer') {
            pipe.deliver(message('|reply'));
            replies++;
          } else if (step === 'send') {
            expect(outcome(() => bench.send('request'))).toBe(waiting && !relaxed ? 'EFSM' : 'ok');
            // What came before a request is not its reply.
            if (!waiting || relaxed) [waiting, replies] = [true, 0];
          } else {
            const legal = waiting ? (replies > 0 ? 'ok' : 'nothing') : 'EFSM';
            expect(outcome(() => bench.receive() !== undefined)).toBe(legal);
            if (legal === 'ok') [waiting, replies] = [false, replies - 1];
          }
        }
      }),
    );
  });

  it('REP: send and receive are legal when the model says so, and every request is answered in turn', () => {
    fc.assert(
      fc.property(steps, (walk) => {
        const bench = new Bench(RepPattern);
        const { pipe, outlet } = bench.peer();
        let answering = false;
        let asked = 0;
        let answered = 0;
        for (const step of walk) {
          const waiting = asked - answered - (answering ? 1 : 0);
          expect(bench.pattern.writable).toBe(answering);
          expect(bench.pattern.readable).toBe(!answering && waiting > 0);
          if (step === 'peer') pipe.deliver(message(`|${asked++}`));
          else if (step === 'send') {
            expect(outcome(() => bench.send(String(answered)))).toBe(answering ? 'ok' : 'EFSM');
            if (answering) [answering, answered] = [false, answered + 1];
          } else {
            const legal = answering ? 'EFSM' : waiting > 0 ? 'ok' : 'nothing';
            expect(outcome(() => bench.receive() === String(answered))).toBe(legal);
            if (legal === 'ok') answering = true;
          }
        }
        expect(outlet.log).toEqual(Array.from({ length: answered }, (_, i) => `|${i}`));
      }),
    );
  });
});
