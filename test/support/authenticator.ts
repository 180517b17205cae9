// A server with an authenticator of a test's, over memory links.

import { onTestFinished } from 'vitest';
import type { Authenticator } from '../../src/index.js';
import { eventsOf, World } from './world.js';
import { bindServer, dial, MECHANISMS } from './zap.js';

const [NULL] = MECHANISMS;

/** The warnings that the process is given meanwhile, each as it was given. */
export function warnings(): [string, { type: string; code: string; detail: string }][] {
  const given: unknown[][] = [];
  const { emitWarning } = process;
  process.emitWarning = (...warning: unknown[]) => void given.push(warning);
  onTestFinished(() => {
    process.emitWarning = emitWarning;
  });
  return given as never;
}

/** A server with this authenticator, and its first client. */
export async function tried(authenticator: Authenticator, mechanism = NULL) {
  const world = new World();
  const server = await bindServer(world, mechanism, { authenticator });
  const events = eventsOf(server);
  const client = dial(world, mechanism);
  const clientEvents = eventsOf(client);
  await client.send('hello');
  await world.clock.advance(0);
  return { world, server, events, client, clientEvents, letIn: server.peers.length === 1 };
}
