// Entry of every process of the soak: plays one role, then says how it went and whether the process holds what it held before. The
// parent (cast.ts) says which role and when to stop, over Node's own channel; an actor whose parent is gone is gone too.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Pull, Push } from '../../src/index.js';
import { healthNow, type Pair, recovered } from './health.js';
import { brokerRoles } from './roles/broker.js';
import { churnRoles } from './roles/churn.js';
import { connectionRoles } from './roles/connections.js';
import { hostileRoles } from './roles/hostile.js';
import { serviceRoles } from './roles/service.js';

export type Values = Readonly<Record<string, unknown>>;

export interface Part {
  readonly args: Values;
  /** ms to wait for what is promised before it counts as lost. */
  readonly patience: number;
  readonly fault: string | undefined;
  /** Resolves with what the parent says at the end. */
  readonly stopped: Promise<Values>;
  tell(values: Values): void;
}

export type Role = (part: Part) => Promise<Values>;

export interface Playing {
  readonly role: string;
  readonly args: Values;
  readonly patience: number;
  readonly fault: string | undefined;
}

export type ToActor = { readonly play: Playing } | { readonly stop: Values };
export type FromActor =
  | { readonly told: Values }
  | { readonly done: { readonly values: Values; readonly health: Pair; readonly loopDelay: number } }
  | { readonly error: string };

const ROLES: Readonly<Record<string, Role>> = {
  ...brokerRoles,
  ...churnRoles,
  ...connectionRoles,
  ...hostileRoles,
  ...serviceRoles,
};
/** ms between two looks of the histogram, which it counts as delay. */
const RESOLUTION = 10;

let stop!: (values: Values) => void;
const stopped = new Promise<Values>((resolve) => {
  stop = resolve;
});

process.once('disconnect', () => process.exit(0));
process.on('message', (message: ToActor) => {
  if ('stop' in message) stop(message.stop);
  else void play(message.play).catch((error) => tellParent({ error: String(error?.stack ?? error) }));
});

async function play({ role, args, patience, fault }: Playing): Promise<void> {
  await warmUp();
  const before = healthNow();
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  delay.enable();
  const values = await ROLES[role]!({ args, patience, fault, stopped, tell: (told) => tellParent({ told }) });
  delay.disable();
  if (fault === 'leak') setInterval(() => {}, 1e6);
  const health = await recovered(before, patience);
  tellParent({ done: { values, health, loopDelay: Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION) } });
}

/** What is compiled and made at the first use is not a leak. */
async function warmUp(): Promise<void> {
  const pull = new Pull();
  const push = new Push();
  await pull.bind('tcp://127.0.0.1:*');
  push.connect(pull.lastEndpoint!);
  for (let i = 0; i < 200; i++) await Promise.all([push.send('warm'), pull.receive()]);
  push.close();
  pull.close();
  await Promise.all([push.ended, pull.ended]);
}

function tellParent(message: FromActor): void {
  process.send!(message);
}
