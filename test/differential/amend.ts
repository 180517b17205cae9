// What rules are made of: ways to replace parts of zeromq.js's record of a step by what it would be under a rule.

import { isDeepStrictEqual } from 'node:util';
import {
  type Json,
  type Outcome,
  partsOf,
  type Script,
  type Simple,
  type SocketState,
  type Step,
  type StepRecord,
} from './script.js';

/** One step of which the libraries tell different things. */
export interface Difference {
  readonly script: Script;
  readonly step: Step;
  readonly theirs: StepRecord;
  readonly ours: StepRecord;
}

/**
 * zeromq.js's record with something replaced; undefined where there is nothing to replace. 'apart': from here on the two
 * are in different states, and nothing more can be compared.
 */
export type Amendment = (difference: Difference) => StepRecord | 'apart' | undefined;

export interface OutcomePair {
  readonly theirs: Outcome;
  readonly ours: Outcome;
  readonly step: Simple;
  /** Of the socket it is an operation of. */
  readonly type: string | undefined;
  readonly script: Script;
}

export interface StatePair {
  readonly name: string;
  readonly type: string | undefined;
  readonly theirs: SocketState;
  readonly ours: SocketState;
  readonly script: Script;
}

export type EventRecord = { readonly [key: string]: Json };

/** Replaces the outcomes for which `level` gives another; it sees only those that differ. */
export function outcomes(level: (pair: OutcomePair) => Outcome | 'apart' | undefined): Amendment {
  return ({ script, step, theirs, ours }) => {
    const parts = partsOf(step);
    const levelled = theirs.outcomes.map((outcome, index) => {
      const [part, other] = [parts[index], ours.outcomes[index]];
      if (part === undefined || other === undefined || equal(outcome, other)) return undefined;
      return level({ theirs: outcome, ours: other, step: part, type: typeOf(script, targetOf(part)), script });
    });
    if (levelled.includes('apart')) return 'apart';
    if (levelled.every((outcome) => outcome === undefined)) return undefined;
    return { ...theirs, outcomes: theirs.outcomes.map((outcome, index) => (levelled[index] as Outcome) ?? outcome) };
  };
}

/** The same for the states of sockets. */
export function states(level: (pair: StatePair) => SocketState | 'apart' | undefined): Amendment {
  return ({ script, theirs, ours }) => {
    const levelled: Record<string, SocketState> = { ...theirs.states };
    for (const [name, state] of Object.entries(theirs.states)) {
      const other = ours.states[name];
      if (other === undefined || equal(state, other)) continue;
      const better = level({ name, type: typeOf(script, name), theirs: state, ours: other, script });
      if (better === 'apart') return 'apart';
      levelled[name] = better ?? state;
    }
    return equal(levelled, theirs.states) ? undefined : { ...theirs, states: levelled };
  };
}

/** The same for the events of a socket, all that came in the step. */
export function events(
  level: (theirs: readonly EventRecord[], ours: readonly EventRecord[]) => readonly EventRecord[],
): Amendment {
  return ({ theirs, ours }) => {
    const names = new Set([...Object.keys(theirs.events), ...Object.keys(ours.events)]);
    const levelled = [...names].map((name) => {
      const [seen, others] = [theirs.events[name] ?? [], ours.events[name] ?? []];
      return [name, level(seen as readonly EventRecord[], others as readonly EventRecord[])] as const;
    });
    const better = { ...theirs, events: Object.fromEntries(levelled.filter(([, seen]) => seen.length > 0)) };
    return equal(better, theirs) ? undefined : better;
  };
}

/** One amendment after the other, each on what the last has left. */
export function both(...amendments: readonly Amendment[]): Amendment {
  return (difference) => {
    let amended: StepRecord | undefined;
    for (const amend of amendments) {
      const better = amend({ ...difference, theirs: amended ?? difference.theirs });
      if (better === 'apart') return 'apart';
      amended = better ?? amended;
    }
    return amended;
  };
}

/** Only in scripts whose text matches. */
export function inScripts(pattern: RegExp, amendment: Amendment): Amendment {
  return (difference) => (pattern.test(JSON.stringify(difference.script)) ? amendment(difference) : undefined);
}

export function partsIn(script: Script): Simple[] {
  return script.flatMap(partsOf);
}

export function targetOf(step: Simple): string | undefined {
  return 'iterate' in step ? step.iterate : 'on' in step ? step.on : undefined;
}

/** The step that made the object. */
export function makingOf(script: Script, name: string | undefined): Simple | undefined {
  return partsIn(script).find((step) => 'new' in step && step.as === name);
}

export function typeOf(script: Script, name: string | undefined): string | undefined {
  const made = makingOf(script, name);
  return made !== undefined && 'new' in made ? made.new : undefined;
}

/** Whatever the order of properties. */
export function equal(left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(left, right);
}
