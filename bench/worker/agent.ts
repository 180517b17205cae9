// Entry of a process that does one task after another for memory.ts and fairness.ts, which ask for them by name over Node's own
// channel. Kept apart from main.ts: nothing here is timed against another contender by the message.

import { fairnessTasks } from './fairness-tasks.js';
import { memoryTasks } from './memory-tasks.js';
import type { ZeroMQ } from './parent.js';

export type Args = Readonly<Record<string, string | number>>;
export type Task = (zmq: ZeroMQ, args: Args) => unknown;

export interface Call {
  readonly id: number;
  readonly task: string;
  readonly args: Args;
}
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

const tasks: Readonly<Record<string, Task>> = { ...memoryTasks, ...fairnessTasks };

const zmq: ZeroMQ = await import(process.argv[2]);

process.once('disconnect', () => process.exit(0));
process.on('message', async ({ id, task, args }: Call) => {
  try {
    const value = await tasks[task](zmq, args);
    process.send!({ id, value } satisfies Answer);
  } catch (error) {
    process.send!({ id, error: `${task}: ${error instanceof Error ? error.stack : error}` } satisfies Answer);
  }
});
