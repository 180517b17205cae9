// CURVE (RFC 25, RFC 26), all that it takes to speak it. Few programs do, so it is imported by load-curve.ts alone, when it is
// used; what every program may need of it, its keys, is in curve-keys.ts.

import type { Mechanism } from '../protocol/mechanism.js';
import { CurveClient } from './curve-client.js';
import { CurveServer } from './curve-server.js';
import type { Sodium } from './sodium.js';

export { loadSodium } from './load-sodium.js';

/** Makes the mechanisms of both sides, one for each connection. */
export class Curve {
  readonly #sodium: () => Sodium;

  constructor(sodium: Sodium) {
    this.#sodium = () => sodium;
  }

  /**
   * @param metadata what we announce, encoded
   * @param secretKey s; S follows from it
   */
  server(metadata: Buffer, secretKey: Buffer): Mechanism {
    return new CurveServer({ metadata, secretKey, sodium: this.#sodium });
  }

  /**
   * @param metadata what we announce, encoded
   * @param secretKey c; C follows from it
   * @param serverKey S
   */
  client(metadata: Buffer, secretKey: Buffer, serverKey: Buffer): Mechanism {
    return new CurveClient({ metadata, secretKey, serverKey, sodium: this.#sodium });
  }
}
