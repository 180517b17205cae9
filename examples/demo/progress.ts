/**
 * What the demo shows while it runs. On a terminal: one line, redrawn as the counts grow, below the lines that stay.
 * Elsewhere (a pipe, a log, CI): plain lines only, one for each quarter of a client's way.
 */

import type { Participant, Watcher } from './participant.js';
import type { Counts, News, Settings } from './role.js';
import { grouped, isGate, messages } from './table.js';

export class Progress {
  /** Handed to every participant. */
  readonly watcher: Watcher = (participant, news) => this.show(participant, news);
  private readonly out: NodeJS.WriteStream;
  private readonly live = new Map<string, string>();
  private readonly quarters = new Map<string, number>();

  constructor(out: NodeJS.WriteStream) {
    this.out = out;
  }

  /** Takes the live line away, before the table. */
  end(): void {
    this.live.clear();
    this.draw();
  }

  private show({ settings, pid }: Participant, news: News): void {
    const { name, library } = settings;
    if (news.type === 'ready') {
      this.say(`${name} (${library}, pid ${pid}) ${news.text}`);
    } else if (news.type === 'finished') {
      this.live.delete(name);
      this.say(`${name} finished: ${inWords(news.report)}`);
    } else {
      this.live.set(name, `${name} ${percent(settings, news.counts)} % ${grouped(messages(news.counts))}`);
      this.draw();
      if (!this.out.isTTY) this.sayQuarter(settings, news.counts);
    }
  }

  /** A line that stays. */
  private say(line: string): void {
    this.out.write(this.out.isTTY ? `${CLEAR}${line}\n` : `${line}\n`);
    this.draw();
  }

  private sayQuarter(settings: Settings, counts: Counts): void {
    const quarter = Math.floor(percent(settings, counts) / 25);
    if (isGate(settings) || quarter === (this.quarters.get(settings.name) ?? 0)) return;
    this.quarters.set(settings.name, quarter);
    this.say(`${settings.name} ${quarter * 25} %: ${inWords(counts)}`);
  }

  private draw(): void {
    if (!this.out.isTTY) return;
    const line = [...this.live.values()].join(' | ') + (this.live.size > 0 ? ' messages' : '');
    this.out.write(CLEAR + line.slice(0, (this.out.columns || 80) - 1));
  }
}

function percent({ requests, clients }: Settings, counts: Counts): number {
  return Math.floor((100 * counts.replies) / (requests * (clients.length || 1)));
}

function inWords({ requests, replies, events }: Counts): string {
  return `${grouped(requests)} requests, ${grouped(replies)} replies, ${grouped(events)} events`;
}

/** Back to the start of the line, and erase it. */
const CLEAR = '\r\x1b[2K';
