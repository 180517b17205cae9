// Two Connections joined in memory: what one sends the other receives, until both are quiet. No sockets, no clock.

import type { Connection } from '../../src/protocol/connection.js';

export interface Duplex {
  readonly left: Connection;
  readonly right: Connection;
  /** Cuts what is on its way into the pieces that arrive; whole when not given. */
  readonly cut?: (bytes: Buffer) => Buffer[];
}

/** Carries bytes both ways until neither side has any; a ProtocolError of either side comes out of here. */
export function exchange(duplex: Duplex, now: number): void {
  while (duplex.left.output.pending > 0 || duplex.right.output.pending > 0) {
    carry(duplex.left, duplex.right, duplex.cut, now);
    carry(duplex.right, duplex.left, duplex.cut, now);
  }
}

function carry(from: Connection, to: Connection, cut: Duplex['cut'], now: number): void {
  const bytes = Buffer.concat(from.output.take());
  for (const chunk of cut === undefined ? [bytes] : cut(bytes)) to.receive(chunk, now);
}
