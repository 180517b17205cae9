// Who may talk to whom, and who owns a routing id, as data (RFC 23 §Socket-Type, RFC 28–31).

export const SOCKET_TYPES = [
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

/** The name a socket announces in its READY command. */
export type SocketType = (typeof SOCKET_TYPES)[number];

/** Of a socket. STREAM is no type of ZMTP: no peer can announce it, and it fits none. */
export type AnySocketType = SocketType | 'STREAM';

const PEERS: Record<SocketType, readonly SocketType[]> = {
  PAIR: ['PAIR'],
  PUB: ['SUB', 'XSUB'],
  SUB: ['PUB', 'XPUB'],
  REQ: ['REP', 'ROUTER'],
  REP: ['REQ', 'DEALER'],
  DEALER: ['REP', 'DEALER', 'ROUTER'],
  ROUTER: ['REQ', 'DEALER', 'ROUTER'],
  PULL: ['PUSH'],
  PUSH: ['PULL'],
  XPUB: ['SUB', 'XSUB'],
  XSUB: ['PUB', 'XPUB'],
};

export function compatible(own: AnySocketType, peer: string): boolean {
  return own !== 'STREAM' && (PEERS[own] as readonly string[]).includes(peer);
}

/** Types whose READY may name a routing id that a ROUTER will use; from others the property is ignored. */
export function hasRoutingId(type: string): boolean {
  return type === 'REQ' || type === 'DEALER' || type === 'ROUTER';
}

/** Types that accept subscriptions. */
export function takesSubscriptions(type: SocketType): boolean {
  return type === 'PUB' || type === 'XPUB';
}
