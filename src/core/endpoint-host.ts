// What dialers and listeners need of the socket they work for.

import { AuthError, type ErrorCode, ProtocolError, type Violation, type ZmqError, zmqError } from '../errors.js';
import type { ConnectionOptions, PeerInfo } from '../protocol/connection.js';
import { encodeMetadata } from '../protocol/metadata.js';
import { type AnySocketType, hasRoutingId, type SocketType } from '../protocol/socket-types.js';
import type { ByteStream } from '../transport/transport.js';
import { EMPTY, quoted } from '../util/bytes.js';
import type { Admission } from './admission.js';
import type { Clock } from './clock.js';
import { newMechanism } from './mechanisms.js';
import { MESSAGE_MAX } from './message.js';
import type { Event } from './monitor.js';
import type { Operations } from './operations.js';
import type { OptionValues } from './options.js';
import type { Peer } from './peer.js';
import type { Peers } from './peers.js';
import type { Pipe } from './pipe.js';
import { RawSession } from './raw-session.js';
import type { Rota } from './rota.js';
import { type PeerSession, Session, type SessionOwner } from './session.js';
import type { Workshop } from './workshop.js';

/** What libzmq reports as a failed handshake with an errno, not as a breach of a protocol. */
const OTHER_FAULTS: Partial<Record<Violation, ErrorCode>> = {
  'handshake-timeout': 'EAGAIN',
  'zap-no-answer': 'EFAULT',
};

/** Ends of a handshake that keep their code; all others are the peer's. */
const OTHER_ENDS: readonly ErrorCode[] = ['EPIPE', 'ENOTSUP'];
const SEALED_FAULTS: readonly (Violation | undefined)[] = ['box-closed', 'nonce-order', 'message-malformed'];

/** A dialer or a listener: something of a socket's that takes a while to end. */
export interface Closable {
  /** Sends what waits, then ends. */
  finish(): void;
  /** Ends now. */
  abort(): void;
}

export interface EndpointHost {
  readonly socketType: AnySocketType;
  readonly operations: Operations;
  readonly clock: Clock;
  readonly peers: Peers;
  readonly admission: Admission;
  readonly workshop: Workshop;
  readonly rota: Rota;
  /** In [0, 1). */
  random(): number;
  emit(event: Event): void;
  newPipe(options: OptionValues): Pipe;
  /**
   * A pipe that the pattern has taken, or undefined when it takes no further peer.
   * @param routingId for ROUTER: the id that the peer shall have
   */
  attachPipe(options: OptionValues, routingId?: Buffer): Pipe | undefined;
  dropPipe(pipe: Pipe): void;
  /** The endpoint is gone by itself: it can be connected again, and not disconnected. */
  forget(endpoint: Closable): void;
  /** Ends a dialer as `disconnect` of its endpoint would. */
  giveUp(endpoint: Closable): void;
  /** Forgets what waits in the pipe, and counts it as lost. */
  discard(pipe: Pipe): void;
  /** As many messages had been handed to a connection, and never left. */
  lost(messages: number): void;
  /** A dialer or listener, or one of a listener's sessions, has ended. */
  endpointDone(endpoint: Closable): void;
}

/** What a connected stream is run by: ZMTP, or for STREAM nothing at all. */
export function newSession(
  host: EndpointHost,
  stream: ByteStream,
  options: OptionValues,
  owner: SessionOwner,
): PeerSession {
  const { socketType } = host;
  if (socketType === 'STREAM') return new RawSession(stream, options.notify, host, owner);
  const connection = connectionOptions(socketType, options, host.workshop);
  return new Session(stream, connection, host, owner, host.admission.admit(options));
}

/** Tells that a peer is there; libzmq has no word for raw ones. */
export function emitReady(host: EndpointHost, address: string, peer: Peer): void {
  if (host.socketType !== 'STREAM') host.emit({ type: 'handshake', address, peer });
}

function connectionOptions(socketType: SocketType, options: OptionValues, workshop: Workshop): ConnectionOptions {
  const { heartbeatInterval, heartbeatTimeout, heartbeatTimeToLive, maxMessageSize } = options;
  return {
    socketType,
    mechanism: newMechanism(options, encodeMetadata(announced(socketType, options)), workshop),
    handshakeInterval: options.handshakeInterval,
    maxMessageSize: maxMessageSize < 0 ? MESSAGE_MAX : Math.min(maxMessageSize, MESSAGE_MAX),
    lenient: options.lenient,
    heartbeat: {
      interval: heartbeatInterval,
      timeout: answerTimeout(heartbeatInterval, heartbeatTimeout),
      timeToLive: heartbeatTimeToLive,
    },
    limits: {
      handshakeFrameSize: options.maxHandshakeFrameSize,
      metadataProperties: options.maxMetadataProperties,
      topicSize: options.maxSubscriptionBytes,
      messageParts: options.maxMessageParts,
      turnMessages: options.maxTurnMessages,
      turnBytes: options.maxTurnBytes,
    },
  };
}

/** -1 stands for the interval; 0 for no limit, as with libzmq. */
function answerTimeout(interval: number, timeout: number): number {
  if (timeout === 0) return Number.POSITIVE_INFINITY;
  return timeout < 0 ? interval : timeout;
}

/** Ends the connection of a peer that this socket cannot take. */
export function refuse(pipe: Pipe, peer: PeerInfo): never {
  pipe.shut();
  const name =
    peer.routingId.length === 0 ? 'a peer' : `the peer with routing id ${quoted(peer.routingId.toString('latin1'))}`;
  throw new ProtocolError('peer-refused', `${name} was refused: the socket takes no further peer, or the id is taken`);
}

/**
 * Tells how a connection ended; incompatible socket types show as a mere disconnect, as with libzmq.
 * @param ours by close, unbind or disconnect: libzmq has no event for that
 */
export function emitEnd(
  host: EndpointHost,
  address: string,
  peer: Peer | undefined,
  reason: Error | undefined,
  ours: boolean,
): void {
  const fault = reason instanceof ProtocolError ? reason : undefined;
  if (peer !== undefined) host.peers.left(peer, reason);
  if (ours) return;
  // Raw peers have no handshake; libzmq reports the end of each as that of a failed one. So it does with what CURVE finds
  // in a message.
  if (
    (peer === undefined || host.socketType === 'STREAM' || SEALED_FAULTS.includes(fault?.violation)) &&
    reason !== undefined &&
    fault?.violation !== 'socket-type'
  ) {
    if (reason instanceof AuthError) {
      host.emit({ type: 'handshake:error:auth', address, error: reason });
    } else if (fault !== undefined && OTHER_FAULTS[fault.violation] === undefined) {
      host.emit({ type: 'handshake:error:protocol', address, error: fault });
    } else {
      const { code, detail } = reason as ZmqError;
      const known = fault === undefined ? OTHER_ENDS.find((one) => one === code) : OTHER_FAULTS[fault.violation];
      const error = zmqError(known ?? 'ECONNRESET', detail ?? reason.message);
      host.emit({ type: 'handshake:error:other', address, error });
    }
  }
  const who = peer === undefined ? {} : { peer };
  const why = reason === undefined ? {} : { error: reason };
  host.emit({ type: 'disconnect', address, ...why, ...who });
}

/** A routing id is announced by the types that have one, empty where none is set, as libzmq does. */
export function announced(
  socketType: AnySocketType,
  options: OptionValues,
): (readonly [name: string, value: Buffer])[] {
  const properties: [string, Buffer][] = [['Socket-Type', Buffer.from(socketType)]];
  if (hasRoutingId(socketType)) properties.push(['Identity', options.routingId ?? EMPTY]);
  return [...properties, ...options.metadata];
}
