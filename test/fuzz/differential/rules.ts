// Where the two libraries may come to different verdicts on the same bytes. Each rule is a section of spec-notes/libzmq-differences.md, by
// its title; a difference that no rule covers is a failure, and so is a rule that the note does not have.

import * as wire from '../../support/wire.js';
import type { Trace } from '../delivery.js';
import type { Input } from '../input.js';
import type { Sight } from './library.js';

export interface Verdicts {
  readonly input: Input;
  /** What our connection makes of the bytes, in memory, with reasons. */
  readonly trace: Trace;
  readonly ours: Sight;
  readonly theirs: Sight;
}

/** Which rules make up for the difference; undefined when they do not. */
export function rulesFor(verdicts: Verdicts): string[] | undefined {
  const titles: string[] = [];
  let left = verdicts;
  for (const { title, forgive } of FORGIVEN) {
    const less = forgive(left);
    if (less !== left) titles.push(title);
    left = less;
    if (same(left.ours, left.theirs)) return titles;
  }
  const closing = CLOSING.find((rule) => rule.applies(left));
  return closing === undefined ? undefined : [...titles, closing.title];
}

export function same(one: Sight, other: Sight): boolean {
  return (
    one.closed === other.closed && list(one.messages) === list(other.messages) && list(one.pongs) === list(other.pongs)
  );
}

function list(items: readonly string[]): string {
  return items.join('\n');
}

/** What is taken out of both verdicts before they are compared, because the libraries are known to differ there. */
interface Forgiven {
  readonly title: string;
  forgive(verdicts: Verdicts): Verdicts;
}

const FORGIVEN: readonly Forgiven[] = [
  { title: 'A property said twice', forgive: withoutRoutingIds },
  { title: 'SUBSCRIBE and CANCEL to sockets that do not publish', forgive: withoutCommands },
  { title: 'Subscriptions in a message of several parts', forgive: withoutParts },
  { title: 'A CANCEL of nothing', forgive: withoutCancellations },
];

/** libzmq's ROUTER takes the last identity, ours the first. */
function withoutRoutingIds(verdicts: Verdicts): Verdicts {
  if (verdicts.input.socketType !== 'ROUTER' || times(verdicts.input, '\x08Identity') < 2) return verdicts;
  return changed(verdicts, (messages) => messages.map((message) => message.replace(/^\S*/, 'id')));
}

/** libzmq delivers the commands, and takes one for the end of a message that has begun. */
function withoutCommands(verdicts: Verdicts): Verdicts {
  const { input, theirs } = verdicts;
  if (publishes(input)) return verdicts;
  const bodies = new Set(subscriptionsIn(input).map((body) => body.toString('hex')));
  const isCommand = (part: string): boolean => bodies.has(part);
  const delivered = theirs.messages.map((message) => partsOf(message, input)).filter((parts) => parts.some(isCommand));
  if (delivered.length === 0) return verdicts;
  if (delivered.some((parts) => parts.length > 1)) return upToTheShorter(flat(verdicts, isCommand));
  return changed(verdicts, (messages) => messages.filter((message) => !partsOf(message, input).some(isCommand)));
}

/**
 * libzmq's XPUB looks for subscriptions in every part, and what follows one is a message of its own; a command between two parts ends the
 * message, so that parts are seen that we still hold.
 */
function withoutParts(verdicts: Verdicts): Verdicts {
  const { input } = verdicts;
  if (input.socketType !== 'XPUB') return verdicts;
  const parts = flat(verdicts, (part) => /^0[01]/.test(part));
  const held = parts.ours.messages.length < parts.theirs.messages.length && subscriptionsIn(input).length > 0;
  return held ? upToTheShorter(parts) : parts;
}

/** XPUB tells what is no longer subscribed to; libzmq also what never was, and we also what a peer that we closed leaves behind. */
function withoutCancellations(verdicts: Verdicts): Verdicts {
  if (verdicts.input.socketType !== 'XPUB') return verdicts;
  return changed(verdicts, (messages) => messages.filter((message) => !/^00[^ ]*$/.test(message)));
}

function changed(verdicts: Verdicts, change: (messages: readonly string[]) => readonly string[]): Verdicts {
  const { ours, theirs } = verdicts;
  const result = {
    ...verdicts,
    ours: { ...ours, messages: change(ours.messages) },
    theirs: { ...theirs, messages: change(theirs.messages) },
  };
  return same(ours, result.ours) && same(theirs, result.theirs) ? verdicts : result;
}

/** Parts instead of messages. */
function flat(verdicts: Verdicts, leftOut: (part: string) => boolean): Verdicts {
  return changed(verdicts, (messages) =>
    messages.flatMap((message) => partsOf(message, verdicts.input)).filter((part) => !leftOut(part)),
  );
}

function upToTheShorter(verdicts: Verdicts): Verdicts {
  const length = Math.min(verdicts.ours.messages.length, verdicts.theirs.messages.length);
  return changed(verdicts, (messages) => messages.slice(0, length));
}

/** Without the name that ROUTER puts in front. */
function partsOf(message: string, { socketType }: Input): string[] {
  return message.split(' ').slice(socketType === 'ROUTER' ? 1 : 0);
}

function times({ pieces }: Input, text: string): number {
  return (
    Buffer.concat(pieces as Buffer[])
      .toString('latin1')
      .split(text).length - 1
  );
}

function publishes({ socketType }: Input): boolean {
  return socketType === 'PUB' || socketType === 'XPUB';
}

/** The bodies of all SUBSCRIBE and CANCEL commands, wherever frames may begin. */
function subscriptionsIn({ pieces }: Input): Buffer[] {
  const bytes = Buffer.concat(pieces.slice(1) as Buffer[]);
  const bodies: Buffer[] = [];
  for (const name of ['\x09SUBSCRIBE', '\x06CANCEL'])
    for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1))
      bodies.push(...framedBefore(bytes, at));
  return bodies;
}

function framedBefore(bytes: Buffer, at: number): Buffer[] {
  return [2, 9].flatMap((header) => {
    const next = at < header ? undefined : wire.readFrame(bytes.subarray(at - header));
    return next !== undefined && next.length - next.frame.body.length === header ? [next.frame.body] : [];
  });
}

/** One library ends the connection, the other goes on. */
interface Closing {
  readonly title: string;
  applies(verdicts: Verdicts): boolean;
}

/** We close for this reason; what we delivered until then, they did, too. */
function weClose(title: string, violation: string, detail = /^/): Closing {
  const applies = ({ trace, ours, theirs }: Verdicts): boolean =>
    ours.closed && trace.violation === violation && detail.test(trace.detail) && goesOn(ours, theirs);
  return { title, applies };
}

/** They close, we go on from the same beginning. */
function theyClose(title: string, when: (verdicts: Verdicts) => boolean): Closing {
  return {
    title,
    applies: (verdicts) => verdicts.theirs.closed && goesOn(verdicts.theirs, verdicts.ours) && when(verdicts),
  };
}

function goesOn(first: Sight, other: Sight): boolean {
  return begins(other.messages, first.messages) && begins(other.pongs, first.pongs);
}

function begins(all: readonly string[], first: readonly string[]): boolean {
  return first.every((item, i) => item === all[i]);
}

const CLOSING: readonly Closing[] = [
  weClose('Reserved flag bits', 'frame-flags', /reserved/),
  weClose('MORE on a command', 'frame-flags', /MORE/),
  weClose('READY as a message frame', 'message-early'),
  weClose('No Socket-Type, or one spelt otherwise', 'metadata-malformed', /Socket-Type/),
  weClose('No Socket-Type, or one spelt otherwise', 'socket-type'),
  weClose('Property names of no or other characters', 'metadata-malformed', /property name/),
  weClose('A property that ends with its name', 'metadata-malformed', /cut off/),
  weClose('Too many properties', 'metadata-malformed', /more than/),
  weClose('Identities that begin with zero, or are too long', 'routing-id'),
  weClose('READY and ERROR after the handshake', 'command-unexpected', /after the handshake/),
  weClose('Malformed commands', 'command-malformed'),
  weClose('PING of the wrong size', 'ping-malformed'),
  weClose('Older protocols', 'greeting-version'),
  weClose('Older protocols', 'greeting-signature'),
  weClose('Sizes that nobody sends', 'frame-size'),
  theyClose('A property said twice', ({ input }) => times(input, '\x0bSocket-Type') > 1),
];

export const TITLES: readonly string[] = [...new Set([...FORGIVEN, ...CLOSING].map(({ title }) => title))];
