// What a program tells its peers of itself in READY (RFC 37 §The READY command, ZMQ_METADATA): the option `properties`.

import { describe, typeError, zmqError } from '../errors.js';
import { LIMITS } from '../protocol/limits.js';
import { encodeMetadata } from '../protocol/metadata.js';

/** Values by name. Names begin with `X-`; text is sent as UTF-8. */
export type PropertyValues = Readonly<Record<string, string | Buffer>>;

/** As kept and sent: sorted by name, as libzmq sends them. */
export type Metadata = readonly (readonly [name: string, value: Buffer])[];

/** Room for our own properties beside them, at a peer of this library. */
export const PROPERTIES_MAX = LIMITS.metadataProperties - 8;
/** Bytes of all of them as sent. A peer of this library takes 64 KiB in its handshake, security included. */
export const PROPERTIES_BYTES_MAX = 63 * 1024;

/** RFC 37's characters; libzmq's limit of 254 characters. */
const NAME = /^x-[a-z0-9\-_.+]{1,252}$/i;

/** @throws TypeError for what is no object of strings and buffers; EINVAL for bad names, the same name twice, and too much */
export function checkedProperties(values: unknown): Metadata {
  // A Map, such as `peer.properties`, has no entries of the kind that count here, and would be taken for none.
  if (typeof values !== 'object' || values === null || Array.isArray(values) || values instanceof Map) {
    throw typeError(
      'Properties must be an object',
      `not ${values instanceof Map ? 'a Map; Object.fromEntries makes one of it' : describe(values)}`,
    );
  }
  const metadata = Object.entries(values).map(
    ([name, value]) => [checkedName(name), checkedValue(name, value)] as const,
  );
  const names = new Set(metadata.map(([name]) => name.toLowerCase()));
  if (names.size < metadata.length) {
    throw zmqError('EINVAL', 'properties: names are compared without regard to case, and one is there twice');
  }
  if (metadata.length > PROPERTIES_MAX) {
    throw zmqError('EINVAL', `properties: at most ${PROPERTIES_MAX}, not ${metadata.length}`);
  }
  const { length } = encodeMetadata(metadata);
  if (length > PROPERTIES_BYTES_MAX) {
    throw zmqError('EINVAL', `properties: at most ${PROPERTIES_BYTES_MAX} bytes with their names, not ${length}`);
  }
  return metadata.sort(([one], [two]) => (one < two ? -1 : 1));
}

export function toProperties(metadata: Metadata): PropertyValues {
  return Object.fromEntries(metadata.map(([name, value]) => [name, Buffer.from(value)]));
}

function checkedName(name: string): string {
  if (NAME.test(name)) return name;
  throw zmqError('EINVAL', `properties: a name is X- and 1 to 252 letters, digits or -_.+, not ${describe(name)}`);
}

/** A copy: the caller may reuse its buffer. */
function checkedValue(name: string, value: unknown): Buffer {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return Buffer.from(value as string);
  throw typeError('Option value must be a string or buffer', `properties: ${name} got ${describe(value)}`);
}
