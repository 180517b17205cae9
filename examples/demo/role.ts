/**
 * What gate.ts and client.ts have in common as processes: their settings come as one JSON argument, and what they have
 * to say goes to main.ts over Node's own channel between parent and child. Nothing of ZeroMQ is in here.
 */

import { rmSync } from 'node:fs';
import type { Fault } from './fault.js';
import type { LibraryName } from './library.js';
import type { Transport } from './session.js';

export interface Settings {
  name: string;
  library: LibraryName;
  /** The folder of session files and Unix sockets, and the gate whose session this process serves or joins. */
  folder: string;
  gate: string;
  /** A gate binds all of them; a client connects over the first. */
  transports: Transport[];
  /** The clients that a gate waits for. */
  clients: string[];
  /** For each client. */
  requests: number;
  events: number;
  /** The longest wait for one message, in milliseconds. */
  deadline: number;
  fault: Fault | undefined;
}

/** What a participant has counted: a client what it sent, got and followed, a gate what it got, sent and published. */
export interface Counts {
  requests: number;
  replies: number;
  events: number;
}

export interface Report extends Counts {
  /** From the first numbered request to the end of the stream of events. */
  seconds: number;
  /** It came to its end: a gate saw every client off, a client was seen off. Says nothing about the messages. */
  complete: boolean;
  errors: string[];
}

export type News =
  | { type: 'ready'; text: string }
  | { type: 'progress'; counts: Counts }
  | { type: 'finished'; report: Report };

/** The counts of one run, which are told to main.ts now and then while they grow. */
export class Score implements Counts {
  requests = 0;
  replies = 0;
  events = 0;
  complete = false;
  readonly errors: string[] = [];
  private begun = 0;
  private seconds = 0;
  private told = 0;

  begin(): void {
    this.begun ||= performance.now();
  }

  end(): void {
    if (this.begun > 0) this.seconds = (performance.now() - this.begun) / 1000;
  }

  /** Tells how far it is, if it is further than it was; called ten times a second. */
  tellProgress(): void {
    const counts = this.counts();
    const total = counts.requests + counts.replies + counts.events;
    if (total > this.told) tell({ type: 'progress', counts });
    this.told = total;
  }

  fail(error: unknown): void {
    this.errors.push(error instanceof Error ? error.message : String(error));
  }

  report(): Report {
    return { ...this.counts(), seconds: this.seconds, complete: this.complete, errors: this.errors };
  }

  private counts(): Counts {
    return { requests: this.requests, replies: this.replies, events: this.events };
  }
}

export function tell(news: News): void {
  process.send?.(news);
}

/**
 * Runs one role and reports how it went. The process then has to end by itself: only the channel is closed here, so a
 * socket that held the event loop after close() would be noticed by main.ts.
 */
export async function runRole(act: (settings: Settings, score: Score) => Promise<void>): Promise<void> {
  if (!process.send) throw new Error('this is one process of the demo: run examples/demo/main.ts');
  const settings = JSON.parse(process.argv[2]!) as Settings;
  const score = new Score();
  const orphaned = () => leave(settings);
  process.once('disconnect', orphaned);
  process.on('SIGINT', () => {}); // Ctrl-C reaches all of us; main.ts decides.
  const progress = setInterval(() => score.tellProgress(), 100);
  try {
    await act(settings, score);
  } catch (error) {
    score.fail(error);
  }
  clearInterval(progress);
  process.off('disconnect', orphaned);
  process.send({ type: 'finished', report: score.report() } satisfies News, () => process.disconnect());
}

/** Without main.ts (killed, so that it could not clean up) there is nobody to serve, and the folder is ours to remove. */
function leave({ folder }: Settings): void {
  rmSync(folder, { recursive: true, force: true });
  process.exit(1);
}
