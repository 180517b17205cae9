// What the cases of side-by-side.ts are made of. It needs neither library, and nothing of Vitest.

import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';

export type Library = typeof import('zeromq');
/** What a case gives is compared as JSON. */
export type Cases = Readonly<Record<string, (library: Library) => Promise<unknown>>>;

export function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

/** What an operation did: its value, or where and how it failed. */
export async function did(operation: () => unknown): Promise<unknown> {
  let pending: unknown;
  try {
    pending = operation();
  } catch (error) {
    return ['threw', ...failure(error)];
  }
  try {
    return ['gave', asJson(await pending)];
  } catch (error) {
    return ['rejected', ...failure(error)];
  }
}

function failure(error: unknown): unknown[] {
  const { code, message, address } = error as { code?: string; message: string; address?: string };
  return [code ?? (error as Error).constructor.name, message, ...(address === undefined ? [] : [address])];
}

const patience = new AsyncLocalStorage<number>();

/** Runs a case in which all pauses are so many times as long. */
export function patiently<T>(times: number, run: () => T): T {
  return patience.run(times, run);
}

/** Milliseconds, for who is in no hurry. */
export function pause(ms: number): Promise<void> {
  return delay(ms * (patience.getStore() ?? 1));
}

/** Long enough for what is under way on this machine to have happened; a late event makes a case differ, never agree. */
export function settle(): Promise<void> {
  return pause(150);
}
