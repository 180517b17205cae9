// One peer as users see it: who is at the other end of one connection. Made when the handshake is done; lives on, with its
// last figures, when the connection is over.

import type { PeerInfo } from '../protocol/connection.js';
import { copyOf } from '../util/bytes.js';
import { currentDate } from './clock.js';
import { checkedBoolean } from './option-bytes.js';
import type { Pipe } from './pipe.js';
import { type PeerStatistics, plus, type Traffic, trafficOf } from './statistics.js';
import { checkedObject } from './wait-options.js';

/** What a dialer, a listener or an inproc end says of the connection. */
export interface PeerLink {
  /** The endpoint that it came over, as in the events. */
  readonly address: string;
  /** `host:port` at the other end; undefined where there is none. */
  readonly remoteAddress: string | undefined;
  /** How often this endpoint had connected before. */
  readonly reconnects: number;
  disconnect(reconnect: boolean): void;
}

/** Options of `peer.disconnect` and `router.disconnectPeer`. */
export interface DisconnectOptions {
  /** False: do not connect again, as with `socket.disconnect(address)`; messages that wait leave first. Default true. */
  readonly reconnect?: boolean | undefined;
}

/** The properties of a READY command: by name, whatever the case, as HTTP headers are. Names are in lower case. */
class PropertyMap extends Map<string, Buffer> {
  override get(name: string): Buffer | undefined {
    return super.get(name.toLowerCase());
  }

  override has(name: string): boolean {
    return super.has(name.toLowerCase());
  }
}

/** One peer, for as long as its connection lasts: who it is, what went over the connection. A new connection is a new Peer. */
export class Peer {
  /** The endpoint that the connection came over: what was bound, resolved, or connected. As in the events. */
  readonly address: string;
  /** The other end's `host:port` where the transport is TCP, else null. */
  readonly remoteAddress: string | null;
  /** What the peer says it is: `DEALER`, `SUB` and so on. */
  readonly socketType: string;
  /** Who the peer has proved to be; null without an authenticating mechanism. */
  readonly userId: string | null;
  /**
   * What the peer said of itself in its READY command (RFC 37, ZMQ_METADATA): `Socket-Type`, `Identity`, and its own, `X-` and a name.
   * Look up in any case; iteration gives names in lower case. As yet unproved claims: trust them as far as you trust the peer.
   */
  readonly properties: ReadonlyMap<string, Buffer>;
  /** When the handshake was done. */
  readonly connectedSince: Date = currentDate();
  readonly #link: PeerLink;
  readonly #givenId: Buffer;
  /** What the pipe had counted when this peer came. */
  readonly #before: Traffic;
  #pipe: Pipe | undefined;
  #last: { readonly traffic: Traffic; readonly routingId: Buffer } | undefined;
  #error: Error | null = null;

  /** @internal made when a handshake is done */
  constructor(pipe: Pipe, info: PeerInfo, link: PeerLink) {
    this.address = link.address;
    this.remoteAddress = link.remoteAddress ?? null;
    this.socketType = info.socketType;
    this.userId = info.userId ?? null;
    this.properties = new PropertyMap(info.properties);
    this.#givenId = info.routingId;
    this.#link = link;
    this.#before = trafficOf([pipe]);
    this.#pipe = pipe;
  }

  /** The connection is there. */
  get connected(): boolean {
    return this.#pipe !== undefined;
  }

  /** The id under which our ROUTER knows the peer, else the one that it gave itself, else null. A copy. */
  get routingId(): Buffer | null {
    const id = this.#last?.routingId ?? this.#currentId(this.#pipe);
    return id.length > 0 ? copyOf(id) : null;
  }

  /** What has gone over this connection, as plain numbers; a snapshot. The last figures when it is over. */
  get statistics(): PeerStatistics {
    const now = this.#last?.traffic ?? this.#traffic(this.#pipe);
    return { ...now, reconnects: this.#link.reconnects, lastError: this.#error };
  }

  /**
   * Ends this connection and no other. What was sent to it leaves first, for a second at most; what it sends from now on is
   * not received. The endpoint that it came over stays: the peer may come again, and where we had connected to it we do so
   * again after `reconnectInterval`, with the messages that still wait for it. Not over inproc, where nothing connects
   * again. No effect once the connection is over.
   * @throws TypeError
   */
  disconnect(options: DisconnectOptions = {}): void {
    const { reconnect = true } = checkedObject<DisconnectOptions>(options);
    const again = checkedBoolean(reconnect, 'reconnect');
    if (this.connected) this.#link.disconnect(again);
  }

  /** @internal the pipe of a peer that is connected */
  static pipeOf(peer: Peer): Pipe | undefined {
    return peer.#pipe;
  }

  /** @internal */
  static failed(peer: Peer, error: Error | undefined): void {
    peer.#error = error ?? null;
  }

  /** @internal the connection is over, whatever the reason */
  gone(): void {
    if (this.#pipe === undefined) return;
    this.#last = {
      traffic: { ...this.#traffic(this.#pipe), queuedIn: 0, queuedOut: 0 },
      routingId: this.#currentId(this.#pipe),
    };
    this.#pipe = undefined;
  }

  #traffic(pipe: Pipe | undefined): Traffic {
    const total = trafficOf(pipe === undefined ? [] : [pipe]);
    return { ...plus(total, this.#before, -1), queuedIn: total.queuedIn, queuedOut: total.queuedOut };
  }

  #currentId(pipe: Pipe | undefined): Buffer {
    return pipe !== undefined && pipe.routingId.length > 0 ? pipe.routingId : this.#givenId;
  }
}
