// The table of states: drawn into spec-notes/connection-states.md, held equal to that file, and walked edge by edge.
//
// After a change of the table, `npx vitest run --project unit -u test/protocol/connection-states.test.ts` draws it anew.

import { describe, expect, it } from 'vitest';
import { CONNECTION_STATES, type ConnectionState } from '../../src/protocol/connection.js';
import type { Mechanism } from '../../src/protocol/mechanism.js';
import { decodeMetadata } from '../../src/protocol/metadata.js';
import { type Subject, started, violationOf } from '../support/connections.js';
import { command, greeting, message, ready } from '../support/wire.js';

interface Edge {
  from: string;
  step: string;
  to: string;
}

const EDGES: Edge[] = Object.entries(CONNECTION_STATES).flatMap(([from, steps]) =>
  Object.entries(steps).map(([step, to]) => ({ from, step, to })),
);

function drawn(): string {
  const [first] = Object.keys(CONNECTION_STATES);
  const lines = EDGES.map(({ from, step, to }) => `    ${from} --> ${to}: ${step}`);
  return [
    '# The states of a connection',
    '',
    'Drawn from `CONNECTION_STATES` in `src/protocol/connection-states.ts` by `test/protocol/connection-states.test.ts`, which',
    'fails when the two differ. Do not edit.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    `    [*] --> ${first}`,
    ...lines,
    '    closed --> [*]',
    '```',
    '',
  ].join('\n');
}

/** Asks at HELLO whether the peer may come in, has something to do at INITIATE, and is done at READY. */
const patient = (): Mechanism => ({
  name: 'NULL',
  asServer: false,
  start: () => ({ next: 'wait' }),
  receive: ({ name, data }) => {
    if (name === 'READY') return { next: 'ready', properties: decodeMetadata(data) };
    if (name === 'INITIATE') return { next: 'work', run: () => ({ next: 'wait' }) };
    return { next: 'zap', request: { mechanism: 'NULL', credentials: [] } };
  },
  zapReply: () => ({ next: 'wait' }),
});

/** Brings a new connection into each state, and what takes it along each edge. */
const REACH: Record<ConnectionState, (subject: Subject) => void> = {
  greeting: () => {},
  handshake: ({ connection }) => connection.receive(greeting(), 0),
  zap: ({ connection }) => connection.receive(Buffer.concat([greeting(), command('HELLO')]), 0),
  work: ({ connection }) => connection.receive(Buffer.concat([greeting(), command('INITIATE')]), 0),
  traffic: ({ connection }) => connection.receive(Buffer.concat([greeting(), ready('PUSH')]), 0),
  closed: ({ connection }) => connection.close(),
};

const STEP: Record<string, (subject: Subject) => void> = {
  greeted: ({ connection }) => connection.receive(greeting(), 0),
  asked: ({ connection }) => connection.receive(command('HELLO'), 0),
  answered: ({ connection }) => connection.zapReply({ status: 200, userId: '', properties: new Map() }, 0),
  costly: ({ connection }) => connection.receive(command('INITIATE'), 0),
  done: ({ connection }) => connection.work(0),
  ready: ({ connection }) => connection.receive(ready('PUSH'), 0),
  closed: ({ connection }) => connection.close(),
};

describe('CONNECTION_STATES', () => {
  it('is drawn in spec-notes/connection-states.md', async () => {
    await expect(drawn()).toMatchFileSnapshot('../../spec-notes/connection-states.md');
  });

  it('leads nowhere that it does not name', () => {
    const states = Object.keys(CONNECTION_STATES);
    expect(EDGES.filter(({ to }) => !states.includes(to))).toEqual([]);
    expect(new Set(EDGES.map(({ to }) => to)).size).toBe(states.length - 1);
  });

  it.each(EDGES)('$from goes to $to when $step', ({ from, step, to }) => {
    const subject = started({ mechanism: patient() });
    REACH[from as ConnectionState](subject);
    expect(subject.connection.state).toBe(from);
    STEP[step]!(subject);
    expect(subject.connection.state).toBe(to);
  });

  it.each(['greeting', 'handshake', 'traffic'] as const)('%s goes to closed on a violation', (from) => {
    const subject = started();
    REACH[from](subject);
    expect(violationOf(() => subject.connection.receive(Buffer.of(0x80), 0))).toBeDefined();
    expect(subject.connection.state).toBe('closed');
  });

  it('closed stays closed, whatever comes', () => {
    const subject = started();
    REACH.closed(subject);
    for (const bytes of [greeting(), ready('PUSH'), message('a'), Buffer.of(0x80)]) {
      expect(subject.connection.receive(bytes, 0)).toBe(false);
    }
    expect(subject.connection.state).toBe('closed');
    expect(subject.recorder.log).toEqual([]);
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(CONNECTION_STATES)).toBe(true);
  });
});
