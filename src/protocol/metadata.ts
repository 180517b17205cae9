// Metadata: the properties in READY and INITIATE (RFC 23 §Metadata).
//
//   property = name-size name value-size(4) value; names are compared without regard to case

import { ProtocolError } from '../errors.js';
import { quoted, view } from '../util/bytes.js';

const VALUE_SIZE_OCTETS = 4;

/** Property values by lower-cased name. */
export type Properties = ReadonlyMap<string, Buffer>;

export function encodeMetadata(properties: readonly (readonly [name: string, value: Uint8Array])[]): Buffer {
  const pieces: Uint8Array[] = [];
  for (const [name, value] of properties) {
    const head = Buffer.alloc(1 + name.length + VALUE_SIZE_OCTETS);
    head[0] = name.length;
    head.write(name, 1, 'latin1');
    head.writeUInt32BE(value.length, 1 + name.length);
    pieces.push(head, value);
  }
  return Buffer.concat(pieces);
}

/** Where a name is sent twice the first value stands, as in libzmq. */
export function decodeMetadata(data: Buffer): Properties {
  const properties = new Map<string, Buffer>();
  for (let at = 0; at < data.length; ) {
    const valueSizeAt = at + 1 + data[at]!;
    const valueAt = valueSizeAt + VALUE_SIZE_OCTETS;
    if (valueAt > data.length) throw malformed('a property is cut off');
    const name = data.toString('latin1', at + 1, valueSizeAt);
    if (!/^[A-Za-z0-9\-_.+]+$/.test(name)) throw malformed(`property name ${quoted(name)}`);
    const end = valueAt + data.readUInt32BE(valueSizeAt);
    if (end > data.length) throw malformed(`the value of ${name} is cut off`);
    const key = name.toLowerCase();
    if (!properties.has(key)) properties.set(key, Buffer.from(view(data, valueAt, end)));
    at = end;
  }
  return properties;
}

/** @throws ProtocolError for more than `max` properties of different names: others cost nothing once they are decoded */
export function checkCount(properties: Properties, max: number): void {
  if (properties.size <= max) return;
  throw new ProtocolError(
    'metadata-limit',
    `${properties.size} properties, over the limit of ${max} (option maxMetadataProperties)`,
  );
}

function malformed(what: string): ProtocolError {
  return new ProtocolError('metadata-malformed', `metadata: ${what}`);
}
