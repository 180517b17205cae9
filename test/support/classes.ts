// The socket classes as a table: libzmq's type number, who fits, and what each can do. For tests that run the same case
// on every type.

import * as zmtp from '../../src/index.js';

export interface AnySocket extends zmtp.Socket {
  linger: number;
  sendTimeout: number;
  receiveTimeout: number;
  send(message: unknown): Promise<void>;
  receive(): Promise<Buffer[]>;
  tryReceive(): Buffer[] | undefined;
  subscribe(...topics: string[]): void;
}

type AnyClass = new (options?: object) => AnySocket;

export interface ClassRow {
  readonly name: string;
  readonly wireName: string;
  readonly create: AnyClass;
  readonly type: number;
  readonly peer: string;
  readonly sends: boolean;
  readonly receives: boolean;
}

const rows: [name: string, wireName: string, type: number, peer: string, verbs: string][] = [
  ['Pair', 'PAIR', 0, 'Pair', 'sr'],
  ['Publisher', 'PUB', 1, 'Subscriber', 's'],
  ['Subscriber', 'SUB', 2, 'Publisher', 'r'],
  ['Request', 'REQ', 3, 'Reply', 'sr'],
  ['Reply', 'REP', 4, 'Request', 'sr'],
  ['Dealer', 'DEALER', 5, 'Dealer', 'sr'],
  ['Router', 'ROUTER', 6, 'Dealer', 'sr'],
  ['Pull', 'PULL', 7, 'Push', 'r'],
  ['Push', 'PUSH', 8, 'Pull', 's'],
  ['XPublisher', 'XPUB', 9, 'XSubscriber', 'sr'],
  ['XSubscriber', 'XSUB', 10, 'XPublisher', 'sr'],
];

export const classes: readonly ClassRow[] = rows.map(([name, wireName, type, peer, verbs]) => ({
  name,
  wireName,
  type,
  peer,
  create: (zmtp as unknown as Record<string, AnyClass>)[name] as AnyClass,
  sends: verbs.includes('s'),
  receives: verbs.includes('r'),
}));

export function classNamed(name: string): ClassRow {
  return classes.find((row) => row.name === name) as ClassRow;
}

/** What the operation did, so that a throw and a rejection can be told apart. */
export async function outcome(operation: () => unknown): Promise<{
  how: 'threw' | 'rejected' | 'gave';
  error?: NodeJS.ErrnoException & { address?: string; detail?: string };
  value?: unknown;
}> {
  let result: unknown;
  try {
    result = operation();
  } catch (error) {
    return { how: 'threw', error: error as NodeJS.ErrnoException };
  }
  try {
    return { how: 'gave', value: await result };
  } catch (error) {
    return { how: 'rejected', error: error as NodeJS.ErrnoException };
  }
}
