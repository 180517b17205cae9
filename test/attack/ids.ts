// The cases of bad input and faults that this library is held to, by their ids; a test of each has its id at the start of
// its title, and index.test.ts looks for it. An id is never used anew for something else.

const numbered = (letter: string, numbers: readonly (number | string)[]): string[] => numbers.map((n) => letter + n);
const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

/** Greeting, framing, commands, NULL, subscriptions, request and reply, heartbeats. */
export const WIRE_IDS: readonly string[] = [
  ...numbered('G', [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 15, 18]),
  ...numbered('F', [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14]),
  ...numbered('C', [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]),
  ...numbered('N', [1, 2, 4, 5, 6, 8, 9, 10, 11, 14]),
  ...numbered('S', [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12]),
  ...numbered('R', [1, 2, 3, 4, 5, 7]),
  ...numbered('H', [1, 4, 5, 6, 7, 8, 9]),
];

/** Transports, exhaustion, Unix sockets, named pipes, the end of a process. */
export const SYSTEM_IDS: readonly string[] = [
  ...numbered('T', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13]),
  ...numbered('X', [1, 2, 3, 4, 5, 7, 8]),
  ...numbered('U', [1, 2, 3, 4, 5, '5b', 6, 7, 8, 11, 12]),
  ...numbered('W', upTo(8)),
  ...numbered('E', [1, 2, 3, 6, 7]),
];

/** PLAIN, CURVE, ZAP and what goes with credentials. */
export const SECURITY_IDS: readonly string[] = [
  ...numbered('L', [1, 2, 3, 5, 6, 7]),
  ...numbered('V', [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 18, 19, 20]),
  ...numbered('Z', upTo(8)),
  ...numbered('N', [13]),
  ...numbered('G', [14]),
];

/** Beyond the list: thought of here. */
export const OWN_IDS: readonly string[] = numbered('A', upTo(116));
