/**
 * The session file, by which clients find a gate: its pid and its endpoints, as the operating system resolved them.
 * Written by gate.ts once all its endpoints are bound, read by client.ts.
 */

import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Transport = 'ipc' | 'tcp';

export interface Endpoints {
  commands: string;
  events: string;
}

export interface Session {
  pid: number;
  endpoints: Partial<Record<Transport, Endpoints>>;
}

/** Written beside its place and moved there, so that a reader sees all of it or nothing. */
export async function writeSession(folder: string, gate: string, session: Session): Promise<void> {
  const file = join(folder, `${gate}.json`);
  await writeFile(`${file}.new`, JSON.stringify(session, undefined, 2));
  await rename(`${file}.new`, file);
}

/** Throws if there is no such session, if its process is gone, or if it has no endpoint for the transport. */
export async function findSession(folder: string, gate: string, transport: Transport): Promise<Endpoints> {
  const session = JSON.parse(await readFile(join(folder, `${gate}.json`), 'utf8')) as Session;
  process.kill(session.pid, 0); // Signal 0 only asks: it throws ESRCH when there is no such process.
  const endpoints = session.endpoints[transport];
  if (!endpoints) throw new Error(`the session of ${gate} has no ${transport} endpoint`);
  return endpoints;
}
