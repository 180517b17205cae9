// Holds two transcripts against each other, step by step: what differs must be what a rule says.

import { equal } from './amend.js';
import { RULES, type Rule } from './rules.js';
import type { Script, StepRecord, Transcript } from './script.js';

export interface Comparison {
  /** Names of the rules that were needed. */
  readonly rules: readonly string[];
  /** The first step whose records no rule makes equal; undefined when there is none. */
  readonly differs: number | undefined;
}

export function compare(
  script: Script,
  theirs: Transcript,
  ours: Transcript,
  rules: readonly Rule[] = RULES,
): Comparison {
  const used = new Set<string>();
  for (const [index, step] of script.entries()) {
    let amended = theirs[index] as StepRecord;
    const wanted = ours[index] as StepRecord;
    for (const rule of rules) {
      if (equal(amended, wanted)) break;
      const better = rule.amend({ script, step, theirs: amended, ours: wanted });
      if (better === undefined) continue;
      used.add(rule.name);
      if (better === 'apart') return { rules: [...used], differs: undefined };
      amended = better;
    }
    if (!equal(amended, wanted)) return { rules: [...used], differs: index };
  }
  return { rules: [...used], differs: undefined };
}

/** Both transcripts, one line a step, with the script between them as it would be written by hand. */
export function picture(script: Script, theirs: Transcript, ours: Transcript, differs: number): string {
  const lines = script.slice(0, differs + 1).flatMap((step, index) => {
    const [left, right] = [brief(theirs, index), brief(ours, index)];
    const told = left === right ? [`    both   ${left}`] : [`    zeromq ${left}`, `    ours   ${right}`];
    return [`${index === differs ? '>' : ' '} ${JSON.stringify(step)}`, ...told];
  });
  return `${lines.join('\n')}\nThe script:\n${JSON.stringify(script)}`;
}

/** Without what is empty or as it was. */
function brief(transcript: Transcript, index: number): string {
  const record = transcript[index];
  if (record === undefined) return 'nothing';
  const { outcomes, states, ...rest } = record;
  const before = transcript[index - 1]?.states ?? {};
  const changes = Object.fromEntries(Object.entries(states).filter(([name, state]) => !equal(state, before[name])));
  const others = Object.entries({ ...rest, states: changes }).filter(([, value]) => Object.keys(value).length > 0);
  return JSON.stringify({ outcomes, ...Object.fromEntries(others) });
}
