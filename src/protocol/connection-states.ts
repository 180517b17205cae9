// The states of a Connection as a table; drawn, and walked edge by edge, by a test.

/** Every state, and where each step leads from it. */
export const CONNECTION_STATES = Object.freeze({
  greeting: { greeted: 'handshake', closed: 'closed' },
  handshake: { asked: 'zap', costly: 'work', ready: 'traffic', closed: 'closed' },
  zap: { answered: 'handshake', closed: 'closed' },
  work: { done: 'handshake', closed: 'closed' },
  traffic: { closed: 'closed' },
  closed: { closed: 'closed' },
} as const);

export type ConnectionState = keyof typeof CONNECTION_STATES;
