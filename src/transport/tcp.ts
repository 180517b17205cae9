// tcp:// (libzmq's zmq_tcp): host names, IPv4 and IPv6 addresses, interface names, `*`, ephemeral ports, and
// `source;destination` for connections from a chosen address.

import type { Server, Socket } from 'node:net';
import { zmqError } from '../errors.js';
import { quoted } from '../util/bytes.js';
import { node } from '../util/node-modules.js';
import { acceptFilter } from './accept-filter.js';
import { type HostPort, malformed, parseHostPort } from './address.js';
import { lookupSync } from './ask-sync.js';
import { listenNow } from './bound-handle.js';
import { NetStream, WRITE_HIGH_WATER_MARK, whenConnected, whenListening } from './net-stream.js';
import { connectThroughSocks } from './socks.js';
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
    listenSync: (options, handler) => listenSync(local, endpoint, options, handler),
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
  const server = newServer(options, handler);
  const { port } = local;
  await whenListening(server, handler, () => server.listen({ host, port, backlog: options.backlog, exclusive: true }));
  return { endpoint: boundEndpoint(server), close: () => server.close() };
}

function listenSync(local: HostPort, endpoint: string, options: TransportOptions, handler: ListenHandler): Listening {
  const { host, port } = local;
  const family = options.ipv6 ? 0 : 4;
  const address = knownAddress(host, endpoint, options.ipv6) ?? lookupSync(host, family);
  if (address === undefined) throw nowhere(host, endpoint);
  const server = newServer(options, handler);
  listenNow(server, address, port, options.backlog);
  server.on('error', (error) => handler.failed(error));
  return { endpoint: boundEndpoint(server), close: () => server.close() };
}

function newServer(options: TransportOptions, handler: ListenHandler): Server {
  const mayStay = acceptFilter(options.tcpAcceptFilter);
  return node.net.createServer({ noDelay: true, highWaterMark: WRITE_HIGH_WATER_MARK }, (socket) => {
    if (!mayStay(socket)) {
      const who = quoted(socket.remoteAddress ?? 'a peer that has gone');
      socket.on('error', () => {});
      socket.destroy();
      handler.failed(zmqError('EACCES', `${who} is in no network of tcpAcceptFilter`));
      return;
    }
    keepAlive(socket, options);
    handler.accepted(new NetStream(socket));
  });
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
    const socket = node.net.connect(socketOptions);
    keepAlive(socket, options);
    return whenConnected(socket, done);
  };
  if (options.socksProxy !== null) return startSocks(options.socksProxy, remote, endpoint, options, done);
  if (node.net.isIPv6(remote.host) && !options.ipv6)
    return afterLookup(Promise.reject(ipv6Off(remote.host, endpoint)), open, done);
  return local === undefined
    ? open(undefined)
    : afterLookup(localAddress(local.host, endpoint, options.ipv6), open, done);
}

/** A proxy that is no `host:port` is told in each attempt: libzmq takes the option as it comes. */
function startSocks(
  proxy: string,
  remote: HostPort,
  endpoint: string,
  options: TransportOptions,
  done: ConnectDone,
): () => void {
  let address: HostPort;
  try {
    address = parseHostPort(proxy, endpoint);
  } catch {
    const fault = zmqError('EINVAL', `the option socksProxy is ${quoted(proxy)}, not host:port`, endpoint);
    return afterLookup(Promise.reject(fault), () => () => {}, done);
  }
  const { socksUsername: username, socksPassword: password } = options;
  return connectThroughSocks(
    { ...address, username, password },
    remote,
    endpoint,
    (socket) => keepAlive(socket, options),
    done,
  );
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
  const known = knownAddress(host, endpoint, ipv6);
  if (known !== undefined) return known;
  try {
    return (await node.dns.promises.lookup(host, { family: ipv6 ? 0 : 4 })).address;
  } catch {
    throw nowhere(host, endpoint);
  }
}

/** The address where no name has to be looked up. */
function knownAddress(host: string, endpoint: string, ipv6: boolean): string | undefined {
  if (host === '*') return ipv6 ? '::' : '0.0.0.0';
  if (node.net.isIPv6(host) && !ipv6) throw ipv6Off(host, endpoint);
  if (node.net.isIPv4(host) || node.net.isIPv6(host)) return host;
  const ofInterface = node.os.networkInterfaces()[host];
  const wanted = ofInterface?.find((info) => info.family === 'IPv4') ?? (ipv6 ? ofInterface?.[0] : undefined);
  return wanted?.address;
}

function nowhere(host: string, endpoint: string): Error {
  return noDevice(host, endpoint, 'no such interface or host on this machine');
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
  const set = () => socket.setKeepAlive(options.tcpKeepalive === 1, idle > 0 ? idle * 1000 : 0);
  // Set earlier, a system that does not know the option (Wine) fails the connection for it.
  if (socket.connecting) socket.once('connect', set);
  else set();
}

function format(address: string, port: number): string {
  return address.includes(':') ? `tcp://[${address}]:${port}` : `tcp://${address}:${port}`;
}
