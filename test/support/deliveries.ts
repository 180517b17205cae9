// How TCP may hand over the same bytes: whole, byte by byte, and split in two at every offset.
//
// Every decode case of the wire tests runs in all of these deliveries and must give the same outcome in each.

export interface Delivery {
  name: string;
  chunks: Buffer[];
}

/** Whole, byte by byte, and one delivery for every place the bytes can be cut in two. */
export function deliveries(bytes: Uint8Array): Delivery[] {
  const all = Buffer.from(bytes);
  const result: Delivery[] = [{ name: 'whole', chunks: [Buffer.from(all)] }];
  if (all.length < 2) return result;
  result.push({ name: 'byte by byte', chunks: [...all].map((byte) => Buffer.from([byte])) });
  for (let at = 1; at < all.length; at++) {
    result.push({
      name: `split at ${at}`,
      chunks: [Buffer.from(all.subarray(0, at)), Buffer.from(all.subarray(at))],
    });
  }
  return result;
}

/** Runs `check` once per delivery; a failure names the delivery that caused it. */
export function eachDelivery(bytes: Uint8Array, check: (chunks: Buffer[], name: string) => void): void {
  for (const { name, chunks } of deliveries(bytes)) {
    try {
      check(chunks, name);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`delivered ${name}: ${reason}`, { cause });
    }
  }
}
