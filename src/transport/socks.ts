// Connects through a SOCKS5 proxy (RFC 1928), as libzmq does with ZMQ_SOCKS_PROXY: names of hosts are for the proxy to look up,
// and the proxy is offered a user name and password (RFC 1929) when there is a user name, else no authentication.
//
//   greeting 05 01 00 ──▶ choice 05 00 ──▶ request 05 01 00 TYPE HOST PORT ──▶ reply 05 CODE 00 TYPE HOST PORT
//
// Never reads further than the reply, which has at most 262 bytes: what comes behind it is the peer's. How long a proxy may take
// is for the caller to say, who gives up then.

import type { Socket } from 'node:net';
import { type ErrorCode, zmqError } from '../errors.js';
import { quoted } from '../util/bytes.js';
import { node } from '../util/node-modules.js';
import type { HostPort } from './address.js';
import { NetStream, WRITE_HIGH_WATER_MARK } from './net-stream.js';
import type { ConnectDone } from './transport.js';

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const BY_PASSWORD = 2;
const PASSWORD_VERSION = 1;
const CONNECT = 1;
const ADDRESS = { ipv4: 1, name: 3, ipv6: 4 } as const;
/** Of the host in a request (RFC 1928, one octet of length). */
const NAME_MAX = 255;

/** What the codes of a reply say (RFC 1928 §6), in ours. */
const REFUSALS: Readonly<Record<number, readonly [code: ErrorCode, meaning: string]>> = {
  1: ['ECONNREFUSED', 'it failed'],
  2: ['EACCES', 'its rules forbid the connection'],
  3: ['EHOSTUNREACH', 'it cannot reach the network'],
  4: ['EHOSTUNREACH', 'it cannot reach the host'],
  5: ['ECONNREFUSED', 'the host refused the connection'],
  6: ['ETIMEDOUT', 'the host did not answer in time'],
  7: ['ENOTSUP', 'it does not know the command'],
  8: ['ENOTSUP', 'it does not know the kind of address'],
};

export interface SocksProxy extends HostPort {
  /** Up to 255 bytes each, which is for the options to see to. */
  readonly username: string | null;
  readonly password: string | null;
}

/** What is to be read next: how many bytes, and what to do with them. */
interface Step {
  readonly bytes: number;
  readonly next: (bytes: Buffer) => Step | undefined;
}

/** @returns how to give up */
export function connectThroughSocks(
  proxy: SocksProxy,
  remote: HostPort,
  endpoint: string,
  prepare: (socket: Socket) => void,
  done: ConnectDone,
): () => void {
  const { host, port } = proxy;
  const options = { host, port, noDelay: true, highWaterMark: WRITE_HIGH_WATER_MARK };
  const socket = node.net.connect(options);
  socket.unref();
  prepare(socket);
  return new Negotiation(socket, proxy, remote, endpoint, done).giveUp;
}

class Negotiation {
  readonly #socket: Socket;
  readonly #proxy: SocksProxy;
  readonly #remote: HostPort;
  readonly #endpoint: string;
  readonly #done: ConnectDone;
  #step: Step | undefined = { bytes: 2, next: (bytes) => this.#chosen(bytes) };
  #over = false;

  constructor(socket: Socket, proxy: SocksProxy, remote: HostPort, endpoint: string, done: ConnectDone) {
    this.#socket = socket;
    this.#proxy = proxy;
    this.#remote = remote;
    this.#endpoint = endpoint;
    this.#done = done;
    socket.on('connect', () => socket.write(Buffer.from([VERSION, 1, this.#method])));
    socket.on('readable', this.#read);
    socket.on('error', this.#failed);
    socket.on('end', () => this.#failed(this.#fault('ECONNRESET', 'it hung up during the negotiation')));
  }

  readonly giveUp = (): void => {
    this.#over = true;
    this.#socket.removeAllListeners();
    this.#socket.on('error', () => {});
    this.#socket.destroy();
  };

  readonly #read = (): void => {
    try {
      while (this.#step !== undefined) {
        const bytes = this.#socket.read(this.#step.bytes) as Buffer | null;
        if (bytes === null) return;
        // At the end of the stream `read` gives what is left.
        if (bytes.length < this.#step.bytes) return;
        this.#step = this.#step.next(bytes);
      }
    } catch (error) {
      this.#failed(error as Error);
      return;
    }
    this.#succeeded();
  };

  #chosen(bytes: Buffer): Step {
    if (bytes[0] !== VERSION) throw this.#fault('ECONNREFUSED', `it speaks no SOCKS5 (its first byte is ${bytes[0]})`);
    if (bytes[1] !== this.#method) {
      throw this.#fault('EACCES', this.#method === BY_PASSWORD ? 'it takes no password' : 'it wants authentication');
    }
    if (this.#method === NO_AUTHENTICATION) return this.#ask();
    this.#socket.write(
      Buffer.concat([Buffer.from([PASSWORD_VERSION]), this.#text('username'), this.#text('password')]),
    );
    return { bytes: 2, next: (answer) => this.#authenticated(answer) };
  }

  get #method(): number {
    return this.#proxy.username === null ? NO_AUTHENTICATION : BY_PASSWORD;
  }

  /** Its length and its bytes. */
  #text(which: 'username' | 'password'): Buffer {
    const bytes = Buffer.from(this.#proxy[which] ?? '').subarray(0, NAME_MAX);
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  }

  #authenticated([, status]: Buffer): Step {
    if (status !== 0) throw this.#fault('EACCES', 'it refused the user name or password');
    return this.#ask();
  }

  #ask(): Step {
    this.#socket.write(request(this.#remote));
    return { bytes: 5, next: (head) => this.#replied(head) };
  }

  /** The bytes of a reply up to the first of its address, which for a name is its length. */
  #replied(head: Buffer): Step {
    const [version, code = 0, , type, first = 0] = head;
    if (version !== VERSION)
      throw this.#fault('ECONNREFUSED', `its reply is none of SOCKS5 (it begins with ${version})`);
    if (code !== 0) {
      const [name, meaning] = REFUSALS[code] ?? ['ECONNREFUSED', `it refused with the unknown code ${code}`];
      throw this.#fault(name, meaning);
    }
    const rest = type === ADDRESS.ipv4 ? 3 : type === ADDRESS.ipv6 ? 15 : type === ADDRESS.name ? first : undefined;
    if (rest === undefined) throw this.#fault('ECONNREFUSED', `its reply has the unknown kind of address ${type}`);
    return { bytes: rest + 2, next: () => undefined };
  }

  #succeeded(): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.removeAllListeners();
    this.#done(undefined, new NetStream(this.#socket));
  }

  readonly #failed = (error: Error): void => {
    if (this.#over) return;
    this.giveUp();
    this.#done(error, undefined);
  };

  #fault(code: ErrorCode, meaning: string): Error {
    const { host, port } = this.#proxy;
    return zmqError(code, `the SOCKS proxy ${quoted(`${host}:${port}`)}: ${meaning}`, this.#endpoint);
  }
}

/** @throws EINVAL for a name that does not fit into a request */
function request({ host, port }: HostPort): Buffer {
  const head = [VERSION, CONNECT, 0];
  const tail = Buffer.from([port >> 8, port & 0xff]);
  if (node.net.isIPv4(host))
    return Buffer.concat([Buffer.from([...head, ADDRESS.ipv4, ...host.split('.').map(Number)]), tail]);
  if (node.net.isIPv6(host)) return Buffer.concat([Buffer.from([...head, ADDRESS.ipv6]), ipv6Bytes(host), tail]);
  const name = Buffer.from(host);
  if (name.length > NAME_MAX) throw zmqError('EINVAL', `a SOCKS proxy takes host names of up to ${NAME_MAX} bytes`);
  return Buffer.concat([Buffer.from([...head, ADDRESS.name, name.length]), name, tail]);
}

/** The 16 bytes of an IPv6 address as text, which is known to be one. */
export function ipv6Bytes(text: string): Buffer {
  const plain = text.replace(/%.*$/, '').replace(/[^:]*\.[^:]*$/, (dotted) => {
    const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [before = '', after] = plain.split('::');
  const groups = (part: string | undefined): number[] =>
    part === undefined || part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [left, right] = [groups(before), groups(after)];
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  const bytes = Buffer.alloc(16);
  all.forEach((group, index) => {
    bytes.writeUInt16BE(group, index * 2);
  });
  return bytes;
}
