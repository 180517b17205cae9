// A connection that looks at everything it has received so far each time something comes: nothing is copied, and no clock is needed to see
// that it takes too long. Found by counting steps; `npm run fuzz -- --library test/fuzz/quadratic.ts`.

import { Connection, type ConnectionEvents, type ConnectionOptions } from '../../src/protocol/connection.js';

class Quadratic extends Connection {
  #seen = 0;

  override receive(chunk: Buffer, now: number): boolean {
    this.#seen += chunk.length;
    let sum = 0;
    for (let round = 0; round < 10; round++) for (let at = 0; at < this.#seen; at++) sum ^= at;
    return sum >= 0 && super.receive(chunk, now);
  }
}

export function connect(options: ConnectionOptions, events: ConnectionEvents): Connection {
  return new Quadratic(options, events);
}
