// Who is at the other end of a Connection, checked when the handshake is done (RFC 23 §Metadata, RFC 28 for routing ids).

import { ProtocolError } from '../errors.js';
import { EMPTY, quoted } from '../util/bytes.js';
import type { ZapReply } from './mechanism.js';
import type { Properties } from './metadata.js';
import { compatible, hasRoutingId, type SocketType } from './socket-types.js';

const ROUTING_ID_MAX = 255;
const USER_ID = 'user-id';

/** Who is at the other end, as told by its handshake. */
export interface PeerInfo {
  /** Empty when the peer named none, and may do so. */
  readonly socketType: string;
  /** Empty when the peer named none, or is of a type whose routing id means nothing. */
  readonly routingId: Buffer;
  readonly properties: Properties;
  /** As whoever let the peer in called it (RFC 27); undefined when nobody was asked or had a name for it. */
  readonly userId: string | undefined;
  /**
   * RFC 37 counts subscriptions. libzmq's SUB sends SUBSCRIBE each time it is asked and CANCEL only the last time, which is
   * right with a set.
   */
  readonly subscriptionsAreASet: boolean;
}

/** @throws ProtocolError: no type, one that ours cannot talk to, a routing id that nobody may have */
export function checkedPeer(
  own: { readonly socketType: SocketType; readonly lenient?: boolean },
  claimed: Properties,
  zap: ZapReply | undefined,
  subscriptionsAreASet: boolean,
): PeerInfo {
  const named = claimed.get('socket-type')?.toString('latin1');
  const socketType = named ?? '';
  if (named === undefined && !own.lenient)
    throw new ProtocolError('metadata-malformed', 'the peer names no Socket-Type');
  if (named !== undefined && !compatible(own.socketType, named)) {
    throw new ProtocolError(
      'socket-type',
      `a ${own.socketType} socket cannot talk to a peer of type ${quoted(socketType, 20)}`,
    );
  }
  const routingId = hasRoutingId(socketType) ? (claimed.get('identity') ?? EMPTY) : EMPTY;
  if (routingId.length > ROUTING_ID_MAX || routingId[0] === 0) {
    throw new ProtocolError('routing-id', 'a routing id is 1 to 255 bytes and does not begin with 00');
  }
  const userId = zap?.userId || undefined;
  return { socketType, routingId, properties: proved(claimed, zap), userId, subscriptionsAreASet };
}

/** `User-Id` is nobody's to claim: it is there when whoever let the peer in gave it one, under libzmq's name. */
function proved(claimed: Properties, zap: ZapReply | undefined): Properties {
  if (zap === undefined && !claimed.has(USER_ID)) return claimed;
  const properties = new Map([...claimed, ...(zap?.properties ?? [])]);
  properties.delete(USER_ID);
  return zap?.userId ? properties.set(USER_ID, Buffer.from(zap.userId)) : properties;
}
