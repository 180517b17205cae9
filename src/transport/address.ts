// The endpoint grammar: scheme://address. Malformed endpoints are refused at once, with the endpoint and the fault.

import { zmqError } from '../errors.js';
import { quoted } from '../util/bytes.js';

/** libzmq has no limit; no path or host name comes near. */
const ENDPOINT_MAX = 4096;

export interface Endpoint {
  readonly scheme: string;
  /** What stands behind `://`. */
  readonly address: string;
}

/** @throws EINVAL */
export function parseEndpoint(endpoint: string): Endpoint {
  const match = /^([a-z][a-z0-9+\-.]*):\/\/(.+)$/is.exec(endpoint);
  if (match === null) throw malformed(endpoint, 'it is not of the form scheme://address');
  if (endpoint.length > ENDPOINT_MAX) throw malformed(endpoint, `it is longer than ${ENDPOINT_MAX} characters`);
  if (endpoint.includes('\0')) throw malformed(endpoint, 'it contains a NUL character');
  const [, scheme, address] = match as unknown as [string, string, string];
  return { scheme, address };
}

export function malformed(endpoint: string, fault: string): Error {
  return zmqError('EINVAL', `endpoint ${quoted(endpoint)}: ${fault}`, endpoint);
}

/** A host and a port; port 0 stands for any. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/**
 * Splits `host:port`. IPv6 addresses stand in brackets; `*` is any host or any port.
 * @param endpoint the whole endpoint, for the message
 */
export function parseHostPort(text: string, endpoint: string): HostPort {
  const match = /^(?:\[([^\]]*)\]|([^[\]:]*)):([^:]*)$/.exec(text);
  if (match === null) {
    throw malformed(endpoint, 'it is not of the form host:port (IPv6 addresses stand in brackets)');
  }
  const host = match[1] ?? match[2] ?? '';
  return { host: checkedHost(host, match[1] !== undefined, endpoint), port: parsePort(match[3] ?? '', endpoint) };
}

function checkedHost(host: string, bracketed: boolean, endpoint: string): string {
  if (host === '') throw malformed(endpoint, 'the host is missing');
  const legal = bracketed ? /^[0-9A-Fa-f:.]+(%[A-Za-z0-9_.-]+)?$|^\*$/ : /^[A-Za-z0-9_.-]+$|^\*$/;
  if (!legal.test(host)) throw malformed(endpoint, `${quoted(host)} is not a host name or address`);
  return host;
}

function parsePort(text: string, endpoint: string): number {
  if (text === '*') return 0;
  if (!/^[0-9]{1,5}$/.test(text) || Number(text) > 65_535) {
    throw malformed(endpoint, `${quoted(text)} is not a port (0 to 65535, or *)`);
  }
  return Number(text);
}
