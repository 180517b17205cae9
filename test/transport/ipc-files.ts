// Socket files as other programs leave them, for the tests of ipc:// on Unix.

import { linkSync, lstatSync, readdirSync } from 'node:fs';
import * as net from 'node:net';
import { expect, onTestFinished } from 'vitest';

export const pathOf = (endpoint: string): string => endpoint.slice('ipc://'.length);

/** Listens at a path, until the test ends. */
export async function listenAt(path: string): Promise<net.Server> {
  const server = net.createServer((socket) => socket.on('error', () => {}));
  onTestFinished(() => void server.close());
  server.listen(path);
  await new Promise((resolve) => server.once('listening', resolve));
  return server;
}

/** As a killed process leaves it: bound, and nobody there. */
export async function leaveSocket(path: string): Promise<void> {
  const server = await listenAt(`${path}~`);
  linkSync(`${path}~`, path);
  await new Promise((resolve) => server.close(resolve));
  expect(lstatSync(path).isSocket()).toBe(true);
}

/** What is in a folder beside the names given: nothing of ours may be. */
export function leftIn(folder: string, ...known: string[]): string[] {
  return readdirSync(folder).filter((name) => !known.includes(name));
}
