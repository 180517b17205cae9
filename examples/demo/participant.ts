/**
 * One process of the demo as main.ts sees it: started, listened to, and in the end certainly gone. Whatever becomes of
 * the process (error, crash, silence, no end), `done` resolves with a report that says so, and never rejects.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { News, Report, Settings } from './role.js';

export type Watcher = (participant: Participant, news: News) => void;

export class Participant {
  readonly settings: Settings;
  /** True once the process has bound or connected; false if it ended before that. */
  readonly ready: Promise<boolean>;
  /** Settles when the process is gone. */
  readonly done: Promise<Report>;
  readonly pid: number | undefined;
  private readonly child: ChildProcess;
  private readonly watcher: Watcher;
  private report: Report = { requests: 0, replies: 0, events: 0, seconds: 0, complete: false, errors: [] };
  /** What its end would mean: a failure before it has finished, a success after, nothing once we have stopped it. */
  private state: 'running' | 'finished' | 'stopped' = 'running';
  private last = 'start';
  private timer: NodeJS.Timeout | undefined;
  private becomeReady!: (ready: boolean) => void;

  constructor(role: 'gate' | 'client', settings: Settings, watcher: Watcher) {
    this.settings = settings;
    this.watcher = watcher;
    this.ready = new Promise((resolve) => {
      this.becomeReady = resolve;
    });
    // The loader is named, not inherited: the demo also works when main.ts was started by other means than tsx.
    const execArgv = ['--import', import.meta.resolve('tsx')];
    const file = fileURLToPath(new URL(`./${role}.ts`, import.meta.url));
    this.child = fork(file, [JSON.stringify(settings)], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.pid = this.child.pid;
    this.done = this.outcome();
    this.child.on('message', (news) => this.hear(news as News));
    this.watch(settings.deadline + SILENCE);
  }

  /** Ends the process at once. The reason goes into the report, unless that is complete. */
  stop(reason: string): void {
    if (this.state === 'running') this.report.errors.push(reason);
    this.state = 'stopped';
    this.child.kill('SIGKILL');
  }

  private hear(news: News): void {
    if (this.state !== 'running') return;
    this.last = news.type;
    if (news.type === 'ready') this.becomeReady(true);
    if (news.type === 'progress') Object.assign(this.report, news.counts);
    if (news.type === 'finished') {
      this.report = news.report;
      this.state = 'finished';
    }
    this.watch(this.state === 'finished' ? FAREWELL : this.settings.deadline + SILENCE);
    this.watcher(this, news);
  }

  private watch(patience: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const what = this.state === 'finished' ? 'its process to end' : `any news after '${this.last}'`;
      this.report.errors.push(`waited ${patience} ms for ${what}`);
      this.state = 'stopped';
      this.child.kill('SIGKILL');
    }, patience);
  }

  private outcome(): Promise<Report> {
    return new Promise((resolve) => {
      const gone = (how: string) => {
        clearTimeout(this.timer);
        if (this.state === 'running') this.report.errors.push(`${how} before it had finished`);
        if (this.state === 'finished' && how !== PROPERLY) this.report.errors.push(`${how} after it had finished`);
        this.state = 'stopped';
        this.becomeReady(false);
        resolve(this.report);
      };
      this.child.once('error', (error) => gone(`could not start (${error.message})`));
      this.child.once('exit', (code, signal) => {
        const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
        // What it told us last may still be under way: the channel is closed after that.
        if (this.child.connected) this.child.once('disconnect', () => gone(how));
        else gone(how);
      });
    });
  }
}

const PROPERLY = 'ended with code 0';
/** Longer than any wait inside a process: who reports nothing for so long cannot even say what it waits for. */
const SILENCE = 30_000;
/** From the final report to the end of the process. */
const FAREWELL = 10_000;
