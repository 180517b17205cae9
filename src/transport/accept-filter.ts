// Who may connect to a bound tcp:// endpoint (libzmq's ZMQ_TCP_ACCEPT_FILTER): everybody while there is no filter, else those
// whose address is in one of the given networks.

import { BlockList, isIPv4, isIPv6, type Socket } from 'node:net';

/**
 * @param networks as `address/bits`
 * @returns whether a peer may stay; an IPv4 address is one in its IPv6 form, too
 */
export function acceptFilter(networks: readonly string[]): (peer: Pick<Socket, 'remoteAddress'>) => boolean {
  if (networks.length === 0) return () => true;
  const list = new BlockList();
  for (const network of networks) {
    const [address, bits] = network.split('/') as [string, string];
    list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  return ({ remoteAddress = '' }) => {
    // Gone already, or nobody that could be in a list: not let in.
    if (!isIPv4(remoteAddress) && !isIPv6(remoteAddress)) return false;
    return list.check(remoteAddress, isIPv4(remoteAddress) ? 'ipv4' : 'ipv6');
  };
}
