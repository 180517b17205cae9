// Asks whether somebody listens at an endpoint of this machine.

import { parseEndpoint, parseHostPort } from '../transport/address.js';
import { ipc, ipcAddress } from '../transport/ipc.js';
import { probe } from '../transport/probe.js';
import { tcp } from '../transport/tcp.js';

/** @throws EINVAL, ENAMETOOLONG for an endpoint that nobody could connect to */
export function checkEndpoint(endpoint: string): void {
  const { scheme, address } = parseEndpoint(endpoint);
  if (scheme === 'ipc') ipc.target(address, 'connect');
  if (scheme === 'tcp') tcp.target(address, 'connect');
}

/** True in doubt: an endpoint that cannot be asked is taken to be in use. */
export async function answers(endpoint: string): Promise<boolean> {
  const { scheme, address } = parseEndpoint(endpoint);
  if (scheme === 'ipc') return (await probe({ path: ipcAddress(address, endpoint) })) === 'live';
  if (scheme !== 'tcp') return true;
  const { host, port } = parseHostPort(address, endpoint);
  return (await probe({ host: reachable(host), port })) === 'live';
}

/** An address that stands for all of this machine's. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
