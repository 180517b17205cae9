// What dialers and listeners need of the socket they work for.

import { ProtocolError, zmqError } from '../errors.js';
import type { ConnectionOptions, PeerInfo } from '../protocol/connection.js';
import { encodeMetadata } from '../protocol/metadata.js';
import { hasRoutingId, type SocketType } from '../protocol/socket-types.js';
import { NullMechanism } from '../security/null.js';
import { EMPTY, quoted } from '../util/bytes.js';
import type { Clock } from './clock.js';
import type { Event } from './monitor.js';
import type { Operations } from './operations.js';
import type { OptionValues } from './options.js';
import type { Pipe } from './pipe.js';

/** A dialer or a listener: something of a socket's that takes a while to end. */
export interface Closable {
  /** Sends what waits, then ends. */
  finish(): void;
  /** Ends now. */
  abort(): void;
}

export interface EndpointHost {
  readonly socketType: SocketType;
  readonly operations: Operations;
  readonly clock: Clock;
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
  /** A dialer or listener, or one of a listener's sessions, has ended. */
  endpointDone(endpoint: Closable): void;
}

/** The largest Buffer that Node can make; a message past it cannot be held, whatever the options allow. */
const BODY_MAX = 2 ** 32;

export function connectionOptions(socketType: SocketType, options: OptionValues): ConnectionOptions {
  const { heartbeatInterval, heartbeatTimeout, heartbeatTimeToLive, maxMessageSize } = options;
  return {
    socketType,
    mechanism: new NullMechanism(metadata(socketType, options)),
    handshakeInterval: options.handshakeInterval,
    maxMessageSize: maxMessageSize < 0 ? BODY_MAX : Math.min(maxMessageSize, BODY_MAX),
    heartbeat: {
      interval: heartbeatInterval,
      timeout: answerTimeout(heartbeatInterval, heartbeatTimeout),
      timeToLive: heartbeatTimeToLive,
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

/** Tells how a connection ended; incompatible socket types show as a mere disconnect, as with libzmq. */
export function emitEnd(host: EndpointHost, address: string, established: boolean, reason: Error | undefined): void {
  const fault = reason instanceof ProtocolError ? reason : undefined;
  if (!established && reason !== undefined && fault?.violation !== 'socket-type') {
    if (fault !== undefined && fault.violation !== 'handshake-timeout') {
      host.emit({ type: 'handshake:error:protocol', address, error: fault });
    } else {
      const code = fault !== undefined ? 'EAGAIN' : 'ECONNRESET';
      host.emit({ type: 'handshake:error:other', address, error: zmqError(code, reason.message) });
    }
  }
  host.emit(reason === undefined ? { type: 'disconnect', address } : { type: 'disconnect', address, error: reason });
}

/** A routing id is announced by the types that have one, empty where none is set, as libzmq does. */
function metadata(socketType: SocketType, options: OptionValues): Buffer {
  const properties: [string, Buffer][] = [['Socket-Type', Buffer.from(socketType)]];
  if (hasRoutingId(socketType)) properties.push(['Identity', options.routingId ?? EMPTY]);
  return encodeMetadata(properties);
}
