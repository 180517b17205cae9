// ROUTER (RFC 28): what it receives begins with the sender's routing id; the first frame of what it sends names the receiver.

import type { DisconnectOptions, Peer } from '../core/peer.js';
import { Socket } from '../core/socket.js';
import { zmqError } from '../errors.js';
import type { RouterPattern } from '../patterns/router.js';
import { quoted } from '../util/bytes.js';
import { defineOptions, defineRoutingId, RECEIVE, SEND } from './accessors.js';
import type { Readable, SocketOptions, Writable } from './types.js';

const CONNECT_ROUTING_ID = 61;

/** Options of `router.connect`. */
export interface RouterConnectOptions {
  /** The id under which the peer is known here: 1 to 255 bytes, not beginning with 00. */
  routingId?: string | Buffer;
}

export interface Router extends Readable, Writable {
  /**
   * The id by which a ROUTER at the other end knows this socket: text, or 1 to 255 bytes that do not begin with 00. null
   * while none was set; setting null is EINVAL. Reads as text; the bytes are in `routingIdBytes` (next; ZMQ_ROUTING_ID).
   */
  get routingId(): string | null;
  /** 1 to 255 bytes; text is sent as UTF-8. @throws ENOTSOCK when closed, TypeError, EINVAL */
  set routingId(value: string | Buffer | null);
  /** The bytes of `routingId`, a copy; null while none was set. @throws ENOTSOCK when closed */
  readonly routingIdBytes: Buffer | null;
  /** Greet each new peer with an empty message, so that a ROUTER learns of us. Default false (ZMQ_PROBE_ROUTER). */
  probeRouter: boolean;
  /** Refuse messages for unknown peers with EHOSTUNREACH and wait for full ones, instead of dropping. Default false (ZMQ_ROUTER_MANDATORY). */
  mandatory: boolean;
  /** Let a new peer take over a routing id in use, instead of refusing it. Default false (ZMQ_ROUTER_HANDOVER). */
  handover: boolean;
}

/**
 * What it receives begins with the sender's routing id; the first frame of what it sends names the receiver (ROUTER, RFC 28).
 * Drops what is for nobody, or for a peer that is full, unless `mandatory` is set.
 */
export class Router extends Socket {
  constructor(options?: SocketOptions<Router>) {
    super(6, options);
  }

  /**
   * As `Socket.connect`.
   * @param options `routingId`: the id under which this peer is known here, whatever it calls itself (ZMQ_CONNECT_ROUTING_ID)
   * @throws as `Socket.connect`; EADDRINUSE when a peer has the id, EINVAL for one that is too long or begins with 00
   */
  override connect(address: string, options: RouterConnectOptions = {}): void {
    if (options.routingId) this.setStringOption(CONNECT_ROUTING_ID, options.routingId);
    super.connect(address);
  }

  /** The connected peer with this routing id; undefined when there is none. @throws EBADF, EBUSY, TypeError, EINVAL */
  peerOf(routingId: string | Buffer): Peer | undefined {
    return (Socket.patternOf(this) as RouterPattern).peerOf(toId(routingId));
  }

  /**
   * Ends the connection to the peer with this routing id, as `Peer.disconnect` does: the id is free at once.
   * @throws EHOSTUNREACH when nobody connected has it; else as `peerOf`
   */
  disconnectPeer(routingId: string | Buffer, options?: DisconnectOptions): void {
    const peer = this.peerOf(routingId);
    if (peer === undefined)
      throw zmqError('EHOSTUNREACH', `no peer has the routing id ${quoted(toId(routingId).toString('latin1'))}`);
    peer.disconnect(options);
  }
}

defineOptions(Router, ...SEND, ...RECEIVE, 'mandatory', 'probeRouter', 'handover');
defineRoutingId(Router);

function toId(id: string | Buffer): Buffer {
  if (typeof id === 'string' || Buffer.isBuffer(id)) return Buffer.from(id as string);
  throw new TypeError('Routing id must be a string or buffer');
}
