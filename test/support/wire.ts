// ZMTP bytes written by hand (RFC 23, 37): what tests send to the library and how they read what it sends.
//
// Nothing here imports the library, so a mistake in its encoder or decoder cannot hide behind the same mistake in
// the test. Every builder can produce illegal bytes: reserved flags, long forms of short bodies, wrong lengths.

export const MORE = 0x01;
export const LONG = 0x02;
export const COMMAND = 0x04;

export interface GreetingFields {
  signature?: Buffer;
  major?: number;
  minor?: number;
  mechanism?: string | Buffer;
  asServer?: number;
  filler?: Buffer;
}

const SIGNATURE = Buffer.from('ff00000000000000007f', 'hex');

/** A 64-octet greeting; each field can be replaced. */
export function greeting(fields: GreetingFields = {}): Buffer {
  const mechanism = Buffer.alloc(20);
  Buffer.from(fields.mechanism ?? 'NULL').copy(mechanism);
  return Buffer.concat([
    fields.signature ?? SIGNATURE,
    Buffer.from([fields.major ?? 3, fields.minor ?? 1]),
    mechanism,
    Buffer.from([fields.asServer ?? 0]),
    fields.filler ?? Buffer.alloc(31),
  ]);
}

/** One frame: the short form up to 255 octets of body, the long form above. */
export function frame(flags: number, body: Uint8Array | string): Buffer {
  const bytes = Buffer.from(body);
  if (bytes.length > 255) return longFrame(flags, bytes);
  return Buffer.concat([Buffer.from([flags, bytes.length]), bytes]);
}

/** One frame in the long form, whatever its body; `size` may announce another length than the body has. */
export function longFrame(flags: number, body: Uint8Array | string, size?: bigint): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(9);
  header[0] = flags | LONG;
  header.writeBigUInt64BE(size ?? BigInt(bytes.length), 1);
  return Buffer.concat([header, bytes]);
}

/** One message, all parts but the last with MORE. */
export function message(...parts: (Uint8Array | string)[]): Buffer {
  return Buffer.concat(parts.map((part, i) => frame(i < parts.length - 1 ? MORE : 0, part)));
}

export function commandBody(name: string, data: Uint8Array | string = ''): Buffer {
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name, 'latin1'), Buffer.from(data)]);
}

export function command(name: string, data: Uint8Array | string = ''): Buffer {
  return frame(COMMAND, commandBody(name, data));
}

/** One metadata property; `size` may announce another length than the value has. */
export function property(name: string, value: Uint8Array | string, size?: number): Buffer {
  const bytes = Buffer.from(value);
  const header = Buffer.alloc(name.length + 5);
  header[0] = name.length;
  header.write(name, 1, 'latin1');
  header.writeUInt32BE(size ?? bytes.length, name.length + 1);
  return Buffer.concat([header, bytes]);
}

export function ready(socketType: string, ...properties: Buffer[]): Buffer {
  return command('READY', Buffer.concat([property('Socket-Type', socketType), ...properties]));
}

export function error(reason: string): Buffer {
  return command('ERROR', Buffer.concat([Buffer.from([reason.length]), Buffer.from(reason, 'latin1')]));
}

export function ping(ttl: number, context: Uint8Array | string = ''): Buffer {
  return command('PING', Buffer.concat([Buffer.from([ttl >> 8, ttl & 0xff]), Buffer.from(context)]));
}

export const pong = (context: Uint8Array | string = ''): Buffer => command('PONG', context);
export const subscribe = (topic: Uint8Array | string = ''): Buffer => command('SUBSCRIBE', topic);
export const cancel = (topic: Uint8Array | string = ''): Buffer => command('CANCEL', topic);

export interface WireFrame {
  flags: number;
  body: Buffer;
}

/** The first frame of `bytes` and its length on the wire, or undefined when it has not all arrived. */
export function readFrame(bytes: Buffer): { frame: WireFrame; length: number } | undefined {
  if (bytes.length < 2) return undefined;
  const flags = bytes[0]!;
  const start = flags & LONG ? 9 : 2;
  if (bytes.length < start) return undefined;
  const size = flags & LONG ? Number(bytes.readBigUInt64BE(1)) : bytes[1]!;
  if (bytes.length < start + size) return undefined;
  return { frame: { flags, body: bytes.subarray(start, start + size) }, length: start + size };
}

/** Every frame in `bytes`, which must end with a whole one. */
export function readFrames(bytes: Buffer): WireFrame[] {
  const frames: WireFrame[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const next = readFrame(rest);
    if (next === undefined) throw new Error(`half a frame at the end: ${rest.toString('hex')}`);
    frames.push(next.frame);
    rest = rest.subarray(next.length);
  }
  return frames;
}

export interface WireCommand {
  name: string;
  data: Buffer;
}

export function readCommand(wire: WireFrame): WireCommand {
  if ((wire.flags & COMMAND) === 0) throw new Error(`a message where a command was expected: ${wire.body}`);
  const end = 1 + wire.body[0]!;
  return { name: wire.body.toString('latin1', 1, end), data: wire.body.subarray(end) };
}

/** The properties of a READY command's data, in order, names as sent. */
export function readMetadata(data: Buffer): [string, Buffer][] {
  const properties: [string, Buffer][] = [];
  for (let at = 0; at < data.length; ) {
    const nameEnd = at + 1 + data[at]!;
    const valueEnd = nameEnd + 4 + data.readUInt32BE(nameEnd);
    properties.push([data.toString('latin1', at + 1, nameEnd), data.subarray(nameEnd + 4, valueEnd)]);
    at = valueEnd;
  }
  return properties;
}

/** A legal peer for each type. */
export const PEER_OF: Readonly<Record<string, string>> = {
  PAIR: 'PAIR',
  PUB: 'SUB',
  SUB: 'PUB',
  REQ: 'REP',
  REP: 'REQ',
  DEALER: 'ROUTER',
  ROUTER: 'DEALER',
  PULL: 'PUSH',
  PUSH: 'PULL',
  XPUB: 'SUB',
  XSUB: 'PUB',
};

/** As many messages, each its number, in one piece. */
export const numbers = (count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, i) => message(String(i))));
