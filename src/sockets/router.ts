// ROUTER (RFC 28): what it receives begins with the sender's routing id; the first frame of what it sends names the receiver.

import { checkedOption } from '../core/options.js';
import { Socket } from '../core/socket.js';
import { zmqError } from '../errors.js';
import { RouterPattern } from '../patterns/router.js';
import { defineOptions, RECEIVE, SEND } from './accessors.js';
import type { Readable, SocketOptions, Writable } from './types.js';

export interface RouterConnectOptions {
  /** 1 to 255 bytes, not beginning with 00. */
  routingId?: string | Buffer;
}

export interface Router extends Readable, Writable {
  /** The id by which a ROUTER at the other end knows this socket, 1 to 255 bytes of text; null for none (next; ZMQ_ROUTING_ID). */
  routingId: string | null;
  /** Greet each new peer with an empty message, so that a ROUTER learns of us. Default false (ZMQ_PROBE_ROUTER). */
  probeRouter: boolean;
  /** Refuse messages for unknown peers with EHOSTUNREACH and wait for full ones, instead of dropping. Default false (ZMQ_ROUTER_MANDATORY). */
  mandatory: boolean;
  /** Let a new peer take over a routing id in use, instead of refusing it. Default false (ZMQ_ROUTER_HANDOVER). */
  handover: boolean;
}

export class Router extends Socket {
  constructor(options?: SocketOptions<Router>) {
    super(6, RouterPattern, options);
  }

  /** @param options `routingId`: the id under which this peer is known here, whatever it calls itself (ZMQ_CONNECT_ROUTING_ID). @throws as `Socket.connect`; EADDRINUSE when a peer has the id */
  override connect(address: string, options: RouterConnectOptions = {}): void {
    const id = checkedRoutingId(options.routingId);
    if (id !== undefined && (Socket.patternOf(this) as RouterPattern).isTaken(id)) {
      throw zmqError('EADDRINUSE', `a peer has the routingId ${JSON.stringify(id.toString())} already`, address);
    }
    Socket.connectWithId(this, address, id);
  }
}

defineOptions(Router, ...SEND, ...RECEIVE, 'routingId', 'mandatory', 'probeRouter', 'handover');

function checkedRoutingId(id: string | Buffer | undefined): Buffer | undefined {
  return id ? (checkedOption('routingId', id) as Buffer) : undefined;
}
