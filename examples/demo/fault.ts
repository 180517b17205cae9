/**
 * Faults put in on purpose (`--inject`), so that anyone can see that the demo's verdict is not always "fine": each one
 * spoils one message of each client, half-way through the run. gate.ts and client.ts ask here what to send; without a
 * fault the answer is the message they had.
 */

export const FAULTS = ['drop', 'alter', 'reorder', 'alter-request', 'alter-reply', 'stall', 'crash'] as const;

export type Fault = (typeof FAULTS)[number];

/** Which of `total` messages, numbered from 1, is spoilt; never the last one, so that a next one exists. */
export function spoilt(total: number): number {
  return Math.floor(total / 2);
}

/** A copy with one bit turned over in its last frame that is not empty; the receiver's checksum has to see it. */
export function alter(message: Buffer[]): Buffer[] {
  const target = message.findLastIndex((frame) => frame.length > 0);
  return message.map((frame, index) => {
    if (index !== target) return frame;
    const copy = Buffer.from(frame);
    copy[copy.length - 1] ^= 1;
    return copy;
  });
}

/** What to publish, in this order, when it is the turn of event `number` of `total`; `make` builds an event. */
export function published(
  fault: Fault | undefined,
  number: number,
  total: number,
  make: (number: number) => Buffer[],
): Buffer[][] {
  const at = spoilt(total);
  if (fault === 'drop' && number === at) return [];
  if (fault === 'alter' && number === at) return [alter(make(number))];
  if (fault === 'reorder' && number === at) return [];
  if (fault === 'reorder' && number === at + 1) return [make(number), make(at)];
  return [make(number)];
}
