// Figures of sockets and peers: plain numbers, added up when somebody asks.

import type { Violation } from '../errors.js';
import type { Pipe } from './pipe.js';

/** What went over one connection, or all of a socket's. Bytes are those of the messages' parts, without framing. */
export interface Traffic {
  /** Messages that came in, whether received by the program yet or not. */
  readonly messagesIn: number;
  /** Bytes of these. */
  readonly bytesIn: number;
  /** Messages handed to a connection; not those that still wait. */
  readonly messagesOut: number;
  /** Bytes of these. */
  readonly bytesOut: number;
  /** Messages refused because the peer's queue was at its high-water mark. */
  readonly droppedFull: number;
  /** Messages that still waited when their endpoint came to its end, by `linger`, disconnect, or loss of the peer. */
  readonly droppedLost: number;
  /** Messages that have come in and wait to be received. */
  readonly queuedIn: number;
  /** Messages that wait for a connection to take them. */
  readonly queuedOut: number;
}

/** A connection's figures. */
export interface PeerStatistics extends Traffic {
  /** How often this endpoint had lost its peer and connected again, before this connection; 0 for peers that came to us. */
  readonly reconnects: number;
  /** What ended the connection, where it was a fault; else null. */
  readonly lastError: Error | null;
}

/** A socket's figures since it was made. */
export interface SocketStatistics extends Traffic {
  /** Messages dropped, for whatever reason: the sum of the three figures named so. No subscriber is no drop. */
  readonly dropped: number;
  /** ROUTER: messages for a routing id that nobody has. REP: replies to a peer that is gone. */
  readonly droppedUnroutable: number;
  /** Connections whose handshake was done, in both directions. */
  readonly connects: number;
  /** Of these, those in which an endpoint connected again. */
  readonly reconnects: number;
  /** Of these, those that are over. */
  readonly disconnects: number;
  /**
   * Connections that ended because a peer broke a rule or went past a limit, by the name of it (`ProtocolError.violation`);
   * rules that nobody broke are absent.
   */
  readonly violations: Readonly<Partial<Record<Violation, number>>>;
  /** The error of the last event that had one; null when there was none. */
  readonly lastError: Error | null;
}

export const NO_TRAFFIC: Traffic = Object.freeze({
  messagesIn: 0,
  bytesIn: 0,
  messagesOut: 0,
  bytesOut: 0,
  droppedFull: 0,
  droppedLost: 0,
  queuedIn: 0,
  queuedOut: 0,
});

export function trafficOf(pipes: Iterable<Pipe>): Traffic {
  let total = NO_TRAFFIC;
  for (const pipe of pipes) total = plus(total, pipe);
  return total;
}

/** @param sign -1 to subtract */
export function plus(one: Traffic, two: Traffic, sign = 1): Traffic {
  return {
    messagesIn: one.messagesIn + sign * two.messagesIn,
    bytesIn: one.bytesIn + sign * two.bytesIn,
    messagesOut: one.messagesOut + sign * two.messagesOut,
    bytesOut: one.bytesOut + sign * two.bytesOut,
    droppedFull: one.droppedFull + sign * two.droppedFull,
    droppedLost: one.droppedLost + sign * two.droppedLost,
    queuedIn: one.queuedIn + sign * two.queuedIn,
    queuedOut: one.queuedOut + sign * two.queuedOut,
  };
}
