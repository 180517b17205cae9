// tcp:// (libzmq's zmq_tcp): host names, IPv4 and IPv6 addresses, interface names, `*`, ephemeral ports, and
// `source;destination` for connections from a chosen address.

import { lookup } from 'node:dns/promises';
import { connect, createServer, isIPv4, isIPv6, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { zmqError } from '../errors.js';
import { type HostPort, malformed, parseHostPort } from './address.js';
import { NetStream, WRITE_HIGH_WATER_MARK, whenConnected, whenListening } from './net-stream.js';
import type { ConnectDone, ListenHandler, Listening, Target, Transport, TransportOptions } from './transport.js';

export const tcp: Transport = {
  scheme: 'tcp',
  target(address, role) {
    const endpoint = `tcp://${address}`;
    return role === 'bind' ? bindTarget(address, endpoint) : connectTarget(address, endpoint);
  },
};

function bindTarget(address: string, endpoint: string): Target {
  const local = parseHostPort(address, endpoint);
  return {
    listen: (options, handler) => listen(local, endpoint, options, handler),
    connect: () => {
      throw malformed(endpoint, 'it was parsed for bind');
    },
  };
}

function connectTarget(address: string, endpoint: string): Target {
  const [first, second, ...more] = address.split(';') as [string, string | undefined, ...string[]];
  if (more.length > 0) throw malformed(endpoint, 'it has more than one semicolon');
  const remote = parseHostPort(second ?? first, endpoint);
  const local = second === undefined ? undefined : parseHostPort(first, endpoint);
  if (remote.host === '*' || remote.port === 0) throw malformed(endpoint, 'a host and a port to connect to are needed');
  return {
    listen: () => Promise.reject(malformed(endpoint, 'it was parsed for connect')),
    connect: (options, done) => startConnect(remote, local, endpoint, options, done),
  };
}

async function listen(
  local: HostPort,
  endpoint: string,
  options: TransportOptions,
  handler: ListenHandler,
): Promise<Listening> {
  const host = await localAddress(local.host, endpoint, options.ipv6);
  const server = createServer({ noDelay: true, highWaterMark: WRITE_HIGH_WATER_MARK }, (socket) => {
    keepAlive(socket, options);
    handler.accepted(new NetStream(socket));
  });
  const { port } = local;
  await whenListening(server, handler, () => server.listen({ host, port, backlog: options.backlog }));
  return { endpoint: boundEndpoint(server), close: () => server.close() };
}

function boundEndpoint(server: Server): string {
  const { address, port } = server.address() as { address: string; port: number };
  return format(address, port);
}

function startConnect(
  remote: HostPort,
  local: HostPort | undefined,
  endpoint: string,
  options: TransportOptions,
  done: ConnectDone,
): () => void {
  const open = (localHost: string | undefined): (() => void) => {
    const socketOptions = {
      host: remote.host,
      port: remote.port,
      family: options.ipv6 ? 0 : 4,
      noDelay: true,
      highWaterMark: WRITE_HIGH_WATER_MARK,
      ...(localHost === undefined ? {} : { localAddress: localHost, localPort: local?.port ?? 0 }),
    };
    const socket = connect(socketOptions);
    keepAlive(socket, options);
    return whenConnected(socket, done);
  };
  if (isIPv6(remote.host) && !options.ipv6)
    return afterLookup(Promise.reject(ipv6Off(remote.host, endpoint)), open, done);
  return local === undefined
    ? open(undefined)
    : afterLookup(localAddress(local.host, endpoint, options.ipv6), open, done);
}

/** Resolves the source address first; giving up works before and after. */
function afterLookup(lookup: Promise<string>, open: (host: string) => () => void, done: ConnectDone): () => void {
  let cancelled = false;
  let cancel = (): void => {
    cancelled = true;
  };
  lookup.then(
    (host) => {
      if (!cancelled) cancel = open(host);
    },
    (error: Error) => {
      if (!cancelled) done(error, undefined);
    },
  );
  return () => cancel();
}

/** The address to bind to: of an interface by its name, of a host, or of all (`*`). */
async function localAddress(host: string, endpoint: string, ipv6: boolean): Promise<string> {
  if (host === '*') return ipv6 ? '::' : '0.0.0.0';
  if (isIPv6(host) && !ipv6) throw ipv6Off(host, endpoint);
  if (isIPv4(host) || isIPv6(host)) return host;
  const ofInterface = networkInterfaces()[host];
  const wanted = ofInterface?.find((info) => info.family === 'IPv4') ?? (ipv6 ? ofInterface?.[0] : undefined);
  if (wanted !== undefined) return wanted.address;
  try {
    return (await lookup(host, { family: ipv6 ? 0 : 4 })).address;
  } catch {
    throw noDevice(host, endpoint, 'no such interface or host on this machine');
  }
}

/** Node would use an IPv6 address whatever `family` says. */
function ipv6Off(host: string, endpoint: string): Error {
  return noDevice(host, endpoint, 'an IPv6 address needs the option ipv6');
}

function noDevice(host: string, endpoint: string, remedy: string): Error {
  return zmqError('ENODEV', `cannot use ${JSON.stringify(host)}: ${remedy}`, endpoint);
}

function keepAlive(socket: Socket, options: TransportOptions): void {
  if (options.tcpKeepalive < 0) return;
  const idle = options.tcpKeepaliveIdle;
  socket.setKeepAlive(options.tcpKeepalive === 1, idle > 0 ? idle * 1000 : 0);
}

function format(address: string, port: number): string {
  return address.includes(':') ? `tcp://[${address}]:${port}` : `tcp://${address}:${port}`;
}
