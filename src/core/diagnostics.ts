// The channels of node:diagnostics_channel that this library publishes on, for tracers and metrics. While nobody
// subscribes they cost one look at `hasSubscribers`, and nothing is made for them.

import type { Channel } from 'node:diagnostics_channel';
import { node } from '../util/node-modules.js';
import type { Message } from './message.js';
import type { Peer } from './peer.js';
import type { Pipe } from './pipe.js';

/** What each channel tells. */
export interface Diagnostics {
  /** A socket was made. */
  'zmtp:socket:created': SocketDiagnostics;
  /** A socket was closed, by whatever; its messages may still leave. */
  'zmtp:socket:closed': SocketDiagnostics;
  /** A handshake is done. */
  'zmtp:peer:connected': PeerDiagnostics;
  /** A connection whose handshake was done has ended. */
  'zmtp:peer:disconnected': DisconnectDiagnostics;
  /** Handed to a connection. What sockets ask a ZAP handler, and its answers, show in none of these: they hold passwords. */
  'zmtp:message:sent': MessageDiagnostics;
  /** Come in; the program may receive it later. */
  'zmtp:message:received': MessageDiagnostics;
  /** Accepted by a send, and lost. */
  'zmtp:message:dropped': DropDiagnostics;
  /** As in the socket's events: an attempt, a handshake or a connection failed. */
  'zmtp:error': ErrorDiagnostics;
}

/** What the channels of sockets tell. */
export interface SocketDiagnostics {
  /** The socket concerned. */
  socket: object;
}

/** What `zmtp:peer:connected` tells. */
export interface PeerDiagnostics {
  /** The socket concerned; undefined when the program has let go of it. */
  socket: object | undefined;
  /** Who is at the other end. */
  peer: Peer;
}

/** What `zmtp:peer:disconnected` tells. */
export interface DisconnectDiagnostics extends PeerDiagnostics {
  /** There when a fault of the peer or the network ended the connection. */
  error: Error | undefined;
}

/** What the channels of messages tell. */
export interface MessageDiagnostics {
  /** The socket concerned; undefined when the program has let go of it. */
  socket: object | undefined;
  /** Undefined while nobody is connected. */
  peer: Peer | undefined;
  /** The message's parts, which are not to be changed. */
  message: readonly Buffer[];
}

/** What `zmtp:message:dropped` tells. */
export interface DropDiagnostics extends MessageDiagnostics {
  /** Why the message was lost. */
  reason: DropReason;
}

/** What `zmtp:error` tells. */
export interface ErrorDiagnostics {
  /** The socket concerned; undefined when the program has let go of it. */
  socket: object | undefined;
  /** What went wrong. */
  error: Error;
  /** The endpoint concerned. */
  address: string | undefined;
}

/** The queue was full, the peer was lost for good with the message still waiting, or nobody has the routing id. */
export type DropReason = 'full' | 'lost' | 'unroutable';

const { channel } = node.diagnosticsChannel;

export const CHANNELS = Object.freeze({
  created: channel('zmtp:socket:created'),
  closed: channel('zmtp:socket:closed'),
  connected: channel('zmtp:peer:connected'),
  disconnected: channel('zmtp:peer:disconnected'),
  sent: channel('zmtp:message:sent'),
  received: channel('zmtp:message:received'),
  dropped: channel('zmtp:message:dropped'),
  error: channel('zmtp:error'),
});

/** Publishes what happens to a message. Asked only where there are subscribers. */
export function tell(
  target: Channel,
  pipe: Pick<Pipe, 'socket' | 'connection' | 'confidential'>,
  message: Message,
  reason?: DropReason,
): void {
  if (pipe.confidential) return;
  // A list of its own: patterns put their envelopes into the one that they are given.
  const told = { socket: pipe.socket?.deref(), peer: pipe.connection, message: [...message] };
  target.publish(reason === undefined ? told : { ...told, reason });
}
