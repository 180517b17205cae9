/**
 * One end of a connection under test, whichever library it belongs to: `PeerSocket` is a libzmq socket in a child
 * process, `OurSocket` (test/interop) one of ours. Cases are written against this interface, so the same exchange runs
 * with either library on either side.
 */
import type { Frame, Received } from './body.js';

export const socketTypes = [
  'PAIR',
  'PUB',
  'SUB',
  'REQ',
  'REP',
  'DEALER',
  'ROUTER',
  'PULL',
  'PUSH',
  'XPUB',
  'XSUB',
] as const;

export type SocketType = (typeof socketTypes)[number];

/** Options under their zeromq.js names; the Python peer translates. */
export type EndOptions = Record<string, number | boolean | string | Buffer>;

export interface End {
  readonly type: SocketType;
  /** Gives the endpoint that was bound, wildcards resolved. */
  bind(endpoint: string): Promise<string>;
  /** The routing id is the one a ROUTER assigns to the peer it is about to meet. */
  connect(endpoint: string, routingId?: string): Promise<void>;
  send(frames: readonly Frame[]): Promise<void>;
  receive(): Promise<Received[]>;
  subscribe(topic: string): Promise<void>;
  unsubscribe(topic: string): Promise<void>;
  close(): Promise<void>;
}

/** XSUB has no subscribe call: a message of one octet and the topic does it, in both libraries. */
export function subscriptionFrame(topic: string, add: boolean): Buffer {
  return Buffer.concat([Buffer.of(add ? 1 : 0), Buffer.from(topic)]);
}
