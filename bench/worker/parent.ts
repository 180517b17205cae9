// The worker's end of the worker protocol: what a contender's process says to the runner, and hears from it.
// Arguments: `<role> key=value …`. On stdout one JSON object per line; on stdin the line `go`, and its end means stop.
// Plain text on the standard streams, so that a contender in another language needs no library to take part (native/worker.c).

import { writeSync } from 'node:fs';

export type Params = ReadonlyMap<string, string>;

export type WorkerEvent =
  | { readonly event: 'ready'; readonly endpoint?: string } // bound or connected; the binding side names its endpoint
  | { readonly event: 'result'; readonly values: Readonly<Record<string, number>> }
  | { readonly event: 'error'; readonly message: string };

export type ZeroMQ = typeof import('zeromq');
export type Role = (zmq: ZeroMQ, params: Params) => Promise<void>;

export function emit(event: WorkerEvent): void {
  writeSync(1, `${JSON.stringify(event)}\n`);
}

/** Resolves when the runner says `go`. A runner that goes away takes its workers with it. */
function listenToRunner(): Promise<void> {
  process.stdin.setEncoding('utf8');
  process.stdin.once('end', () => process.exit(0));
  return new Promise((resolve) => {
    process.stdin.on('data', (text: string) => {
      if (text.includes('go\n')) resolve();
    });
  });
}

export const go = listenToRunner();

const held: unknown[] = [];

/** Holds a socket that its role is done with: zeromq.js closes what nobody holds, and drops what that has not sent. */
export function hold<Socket>(socket: Socket): Socket {
  held.push(socket);
  return socket;
}

export function text(params: Params, key: string): string {
  const value = params.get(key);
  if (value === undefined) throw new TypeError(`missing argument ${key}=…`);
  return value;
}

export function integer(params: Params, key: string): number {
  const value = Number(text(params, key));
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`${key} must be a whole number`);
  return value;
}

/** Seconds on the monotonic clock. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}

/** Options of the binding side: the server of a CURVE connection where keys were given. */
export function serverSecurity(params: Params): { curveServer: true; curveSecretKey: string } | undefined {
  return params.has('curve') ? { curveServer: true, curveSecretKey: text(params, 'serverSecret') } : undefined;
}

/** Options of the connecting side. */
export function clientSecurity(
  params: Params,
): { curveServerKey: string; curvePublicKey: string; curveSecretKey: string } | undefined {
  if (!params.has('curve')) return undefined;
  return {
    curveServerKey: text(params, 'serverPublic'),
    curvePublicKey: text(params, 'clientPublic'),
    curveSecretKey: text(params, 'clientSecret'),
  };
}
