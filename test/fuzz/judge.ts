// Gives an input to connections in several ways and holds what comes of it against the invariants.

import { FLAG_COMMAND, FLAG_LONG, FLAG_MORE } from '../../src/protocol/frame.js';
import { EAGER_BODY } from '../../src/protocol/frame-reader.js';
import { CHUNK } from '../../src/protocol/frame-writer.js';
import { takesSubscriptions } from '../../src/protocol/socket-types.js';
import * as wire from '../support/wire.js';
import { deliver, type Library, type Report, type Trace } from './delivery.js';
import { Finding } from './finding.js';
import type { Input } from './input.js';
import type { Laboratory } from './laboratory.js';

/** Bytes that may be allocated for each received: a body in blocks and joined, a PONG with its context, its frame, its chunk. */
const PER_BYTE = 8;
/** And for none: what one announced body may have at once, a chunk to write into, the small things of every connection. */
const FOR_NOTHING = EAGER_BODY + 2 * CHUNK + 4096;

export interface Outcome {
  /** Of the peer, over all deliveries. */
  readonly bytes: number;
  readonly deliveries: number;
  readonly faulty: boolean;
  /** What became of it, in few words: a new one makes an input interesting. */
  readonly signature: string;
}

/** @throws Finding */
export function judge(library: Library, input: Input, laboratory: Laboratory): Outcome {
  const whole = deliver(library, input, 'whole', laboratory);
  check(input, whole);
  const cut = deliver(library, input, 'cut', laboratory);
  compare(whole, cut);
  const traces = [whole, cut];
  if (input.deeds.length > 0) {
    const disturbed = deliver(library, input, 'disturbed', laboratory);
    checkDelivered(input, disturbed);
    traces.push(disturbed);
  }
  for (const trace of traces) checkMemory(trace);
  const bytes = traces.reduce((sum, trace) => sum + trace.received, 0);
  const signature = signatureOf(input, whole);
  return { bytes, deliveries: traces.length, faulty: whole.violation !== undefined, signature };
}

function check(input: Input, trace: Trace): void {
  if ((trace.state === 'closed') !== (trace.violation !== undefined))
    throw new Finding('state', `${trace.state} after ${trace.violation ?? 'no violation'}`);
  checkDelivered(input, trace);
  checkSent(trace);
}

function checkDelivered(input: Input, { reports }: Trace): void {
  for (const [i, report] of reports.entries()) {
    if ('asked' in report && i > 0) throw new Finding('delivered', 'asked twice, or too late');
    if ('asked' in report) continue;
    if ('peer' in report !== (i === firstAfter(reports)))
      throw new Finding('delivered', 'ready does not come first, and once');
    const wrong = wrongWith(report, input);
    if (wrong !== undefined) throw new Finding('delivered', wrong);
  }
}

/** `ready` comes first, but for the question whether the peer may come in. */
function firstAfter(reports: readonly Report[]): number {
  return reports.length > 0 && 'asked' in reports[0]! ? 1 : 0;
}

function wrongWith(report: Report, input: Input): string | undefined {
  if ('peer' in report) {
    const { routingId } = report.peer;
    return routingId.length > 255 || routingId[0] === 0 ? `routing id ${routingId.toString('hex')}` : undefined;
  }
  if ('topic' in report) {
    return takesSubscriptions(input.socketType) ? undefined : `a subscription to ${input.socketType}`;
  }
  if ('asked' in report) return undefined;
  if (report.parts.length === 0) return 'a message of no parts';
  const size = report.parts.reduce((sum, part) => sum + part.length, 0);
  return size > input.maxMessageSize ? `a message of ${size} bytes` : undefined;
}

/** A greeting, then whole frames with legal flags. */
function checkSent({ sent }: Trace): void {
  const bytes = sent.length === 1 ? sent[0]! : Buffer.concat(sent);
  if (bytes.length < 64 || bytes[0] !== 0xff) throw new Finding('sent', 'no greeting');
  try {
    for (const { flags } of wire.readFrames(bytes.subarray(64)))
      if ((flags & ~(FLAG_MORE | FLAG_LONG | FLAG_COMMAND)) !== 0) throw new Error(`flags ${flags}`);
  } catch (cause) {
    throw new Finding('sent', 'what was sent is not made of frames', cause);
  }
}

function checkMemory({ received, allocated, sent }: Trace): void {
  const own = sent.reduce((sum, bytes) => sum + bytes.length, 0);
  const allowed = PER_BYTE * (received + own) + FOR_NOTHING;
  if (allocated > allowed) throw new Finding('memory', `${allocated} bytes allocated for ${received} received`);
}

function compare(whole: Trace, cut: Trace): void {
  const differs = (what: string, one: unknown, other: unknown): Finding =>
    new Finding('split', `${what}: ${String(one)} whole, ${String(other)} when cut`);
  for (const key of ['violation', 'detail', 'state', 'ignored'] as const)
    if (whole[key] !== cut[key]) throw differs(key, whole[key], cut[key]);
  const [one, other] = [whole.reports, cut.reports];
  if (one.length !== other.length) throw differs('reports', one.length, other.length);
  for (let i = 0; i < one.length; i++) if (!same(one[i]!, other[i]!)) throw differs(`report ${i}`, 'one', 'another');
  if (!sameSent(whole.sent, cut.sent)) throw differs('sent', 'something', 'something else');
}

function same(one: Report, other: Report): boolean {
  if ('parts' in one) return 'parts' in other && sameParts(one.parts, other.parts);
  if ('topic' in one) return 'topic' in other && one.add === other.add && one.topic.equals(other.topic);
  if ('asked' in one) return 'asked' in other && sameParts(one.asked.credentials, other.asked.credentials);
  return 'peer' in other && samePeer(one.peer, other.peer);
}

function samePeer(one: { properties: ReadonlyMap<string, Buffer> }, other: typeof one): boolean {
  const [names, others] = [[...one.properties.keys()], [...other.properties.keys()]];
  return (
    names.join('\n') === others.join('\n') && sameParts([...one.properties.values()], [...other.properties.values()])
  );
}

function sameParts(one: readonly Buffer[], other: readonly Buffer[]): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (!one[i]!.equals(other[i]!)) return false;
  return true;
}

function sameSent(one: readonly Buffer[], other: readonly Buffer[]): boolean {
  return Buffer.concat(one).equals(Buffer.concat(other));
}

function signatureOf(input: Input, { reports, violation, detail, state, ignored, sent }: Trace): string {
  let [messages, parts, topics] = [0, 0, 0];
  for (const report of reports) {
    if ('topic' in report) topics++;
    if ('parts' in report) {
      messages++;
      parts += report.parts.length;
    }
  }
  const how = violation === undefined ? state : `${violation} ${detail.replace(/".*"|\d+/g, '#')}`;
  const counts = [messages, parts, topics, ignored, sent.length].map((count) => Math.ceil(Math.log2(count + 1)));
  return `${input.target} ${input.socketType} ${how} ${counts.join()}`;
}
