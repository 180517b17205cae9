// A mechanism whose code is still being loaded when its connection begins. The greeting has its name already; its first step is
// work, and when there is time for that the code is there. From then on it only passes on what is said to the real one.

import type { Command } from '../protocol/command.js';
import type { Cipher, Mechanism, Step, ZapReply } from '../protocol/mechanism.js';

export class LateMechanism implements Mechanism {
  readonly name: string;
  readonly asServer: boolean;
  readonly #make: () => Mechanism;
  #real: Mechanism | undefined;

  /** @param make called when work is done, and not before */
  constructor(name: string, asServer: boolean, make: () => Mechanism) {
    this.name = name;
    this.asServer = asServer;
    this.#make = make;
  }

  get cipher(): Cipher | undefined {
    return this.#real?.cipher;
  }

  start(): Step {
    return { next: 'work', run: () => this.#begin() };
  }

  receive(command: Command): Step {
    return (this.#real as Mechanism).receive(command);
  }

  zapReply(reply: ZapReply): Step {
    return (this.#real as Mechanism).zapReply(reply);
  }

  erase(): void {
    this.#real?.erase?.();
  }

  /** Work is being done already: what the real one has to do first goes with it. */
  #begin(): Step {
    this.#real = this.#make();
    const step = this.#real.start();
    return step.next === 'work' ? step.run() : step;
  }
}
