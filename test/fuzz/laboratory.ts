// What stands between the library and the machine while it is fuzzed: what it allocates is counted, and its chance is ours.

import { Dice } from './dice.js';
import { Meter } from './meter.js';

export class Laboratory {
  readonly meter = new Meter();
  readonly dice = new Dice();

  /** Runs `work` inside. */
  during<T>(work: () => T): T {
    this.meter.install();
    this.dice.install();
    try {
      return work();
    } finally {
      this.meter.uninstall();
      this.dice.uninstall();
    }
  }
}
