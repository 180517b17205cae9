// Connections to test, at the start or past the handshake, and the verdict of one on given bytes.
//
// A verdict is everything a peer's bytes cause: the events, the violation, the state, what is sent back. An error that is
// not a ProtocolError is rethrown: nothing else may escape. What the peer sends is written by hand (wire.ts).

import { ProtocolError, type Violation } from '../../src/errors.js';
import { Connection, type ConnectionState } from '../../src/protocol/connection.js';
import type { HeartbeatOptions } from '../../src/protocol/heartbeat.js';
import { type ConnectionLimits, LIMITS } from '../../src/protocol/limits.js';
import type { Mechanism } from '../../src/protocol/mechanism.js';
import { encodeMetadata } from '../../src/protocol/metadata.js';
import type { SocketType } from '../../src/protocol/socket-types.js';
import { NullMechanism } from '../../src/security/null.js';
import { Recorder } from './recorder.js';
import * as wire from './wire.js';

export interface Setup {
  socketType?: SocketType;
  mechanism?: Mechanism;
  handshakeInterval?: number;
  maxMessageSize?: number;
  lenient?: boolean;
  heartbeat?: Partial<HeartbeatOptions>;
  /** The defaults, and all the time in the world for one turn, unless given. */
  limits?: Partial<ConnectionLimits>;
}

export interface PeerSetup extends Setup {
  /** What the peer says it is; a legal peer of `socketType` when not given. */
  peerType?: string;
  /** The peer's minor protocol version. */
  minor?: number;
}

/** A legal peer for each type. */
export const PEER: Record<SocketType, SocketType> = {
  PAIR: 'PAIR',
  PUB: 'SUB',
  SUB: 'PUB',
  REQ: 'REP',
  REP: 'REQ',
  DEALER: 'ROUTER',
  ROUTER: 'DEALER',
  PULL: 'PUSH',
  PUSH: 'PULL',
  XPUB: 'XSUB',
  XSUB: 'XPUB',
};

const ONE_TURN = { turnMessages: Number.MAX_SAFE_INTEGER, turnBytes: Number.MAX_SAFE_INTEGER };

export interface Subject {
  connection: Connection;
  recorder: Recorder;
}

/** A connection of a PULL socket unless told otherwise, started at time 0. */
export function started(setup: Setup = {}): Subject {
  const socketType = setup.socketType ?? 'PULL';
  const metadata = encodeMetadata([['Socket-Type', Buffer.from(socketType)]]);
  const recorder = new Recorder();
  const connection = new Connection(
    {
      socketType,
      mechanism: setup.mechanism ?? new NullMechanism(metadata),
      handshakeInterval: setup.handshakeInterval ?? 0,
      maxMessageSize: setup.maxMessageSize ?? Number.MAX_SAFE_INTEGER,
      lenient: setup.lenient ?? false,
      heartbeat: { interval: 0, timeToLive: 0, timeout: 0, ...setup.heartbeat },
      limits: { ...LIMITS, ...ONE_TURN, ...setup.limits },
    },
    recorder,
  );
  connection.start(0);
  return { connection, recorder };
}

/** The peer's greeting and READY. */
export function introduction(peerType: string, minor = 1): Buffer {
  return Buffer.concat([wire.greeting({ minor }), wire.ready(peerType)]);
}

/** A connection in traffic at time 0: its log is empty and its output taken. */
export function inTraffic(setup: PeerSetup = {}): Subject {
  const subject = started(setup);
  const peerType = setup.peerType ?? PEER[setup.socketType ?? 'PULL'];
  subject.connection.receive(introduction(peerType, setup.minor), 0);
  if (subject.connection.state !== 'traffic') throw new Error(`no handshake with a ${peerType}`);
  subject.connection.output.take();
  subject.recorder.log.length = 0;
  return subject;
}

export interface Verdict {
  log: string[];
  violation: Violation | undefined;
  state: ConnectionState;
  sent: string[];
}

/** Feeds the chunks at time 0 until the connection has had enough, and says what came of it. */
export function verdict({ connection, recorder }: Subject, chunks: readonly Buffer[]): Verdict {
  let violation: Violation | undefined;
  for (const chunk of chunks) {
    violation = violationOf(() => connection.receive(chunk, 0));
    if (violation !== undefined) break;
  }
  return { log: recorder.log, violation, state: connection.state, sent: sent(connection) };
}

/** The rule broken by the peer, or undefined; any other error goes on. */
export function violationOf(action: () => void): Violation | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error.violation;
    throw error;
  }
}

/** What the connection has sent since the last time, as text: a greeting, commands by name, messages. */
export function sent(connection: Connection): string[] {
  const bytes = Buffer.concat(connection.output.take());
  const greeted = bytes[0] === 0xff;
  const frames = wire.readFrames(greeted ? bytes.subarray(64) : bytes);
  return [...(greeted ? ['greeting'] : []), ...frames.map(pictured)];
}

function pictured(frame: wire.WireFrame): string {
  if ((frame.flags & wire.COMMAND) === 0)
    return `${frame.flags & wire.MORE ? 'more' : 'message'} ${latin1(frame.body)}`;
  const { name, data } = wire.readCommand(frame);
  return `${name} ${latin1(data)}`.trimEnd();
}

function latin1(bytes: Buffer): string {
  return bytes.toString('latin1');
}
