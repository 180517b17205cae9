// Tells which places of the library's code an input reached, and how many steps it took, by V8's own block counters: they cost next to
// nothing while the code runs, and half a millisecond each time they are read, so they are read once for many inputs.
//
// Counters exist only in code that was compiled while they were on: `start` comes before the library is loaded.

import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector';

/** What has run since the last look. */
export interface Sample {
  /** Places reached, as script and offsets. */
  readonly places: ReadonlySet<string>;
  /** How often they were run, all together. */
  readonly steps: number;
}

export class Guide {
  readonly #session = new Session();
  readonly #files: RegExp;

  private constructor(files: RegExp) {
    this.#files = files;
  }

  /** @param files addresses of the scripts that count */
  static start(files: RegExp): Guide {
    const guide = new Guide(files);
    guide.#session.connect();
    guide.#session.post('Profiler.enable');
    guide.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    return guide;
  }

  /** What has run since the last call. */
  take(): Sample {
    const places = new Set<string>();
    let steps = 0;
    for (const script of this.#read()) {
      for (const { functionName, ranges, isBlockCoverage } of script.functions) {
        if (!isBlockCoverage) continue;
        for (const { startOffset, endOffset, count } of ranges) {
          if (count === 0) continue;
          places.add(`${script.scriptId} ${functionName} ${startOffset} ${endOffset}`);
          steps += count;
        }
      }
    }
    return { places, steps };
  }

  stop(): void {
    this.#session.disconnect();
  }

  #read(): Profiler.ScriptCoverage[] {
    let scripts: Profiler.ScriptCoverage[] = [];
    // In one's own thread the answer comes before `post` returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error !== null) throw error;
      scripts = answer.result.filter(({ url }) => this.#files.test(url));
    });
    return scripts;
  }
}
