// Who may connect to a bound tcp:// endpoint (libzmq's ZMQ_TCP_ACCEPT_FILTER): everybody while there is no filter, else those
// whose address is in one of the given networks.

import type { Socket } from 'node:net';
import { node } from '../util/node-modules.js';

/**
 * @param networks as `address/bits`
 * @returns whether a peer may stay; an IPv4 address is one in its IPv6 form, too
 */
export function acceptFilter(networks: readonly string[]): (peer: Pick<Socket, 'remoteAddress'>) => boolean {
  if (networks.length === 0) return () => true;
  const list = new node.net.BlockList();
  for (const network of networks) {
    const [address, bits] = network.split('/') as [string, string];
    list.addSubnet(address, Number(bits), node.net.isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  return ({ remoteAddress = '' }) => {
    // Gone already, or nobody that could be in a list: not let in.
    if (!node.net.isIPv4(remoteAddress) && !node.net.isIPv6(remoteAddress)) return false;
    return list.check(remoteAddress, node.net.isIPv4(remoteAddress) ? 'ipv4' : 'ipv6');
  };
}
