/**
 * What gates and clients have to agree on.
 *
 *   command  one frame   { "token": …, "command": "set", "words": ["mode", "dark"] }
 *   reply    one frame   { "ok": true, "value": … } or { "ok": false, "error": … }
 *   event    two frames  the topic; { "number": 3, … }
 *
 * A follower subscribes to `welcome/` and a word of its own, after all else. A gate that sees such a subscription
 * answers with an event of that very topic: then the follower knows that its subscriptions are in force.
 */

/** Bytes of a command. A peer that sends more loses its connection. */
export const COMMAND_MAX = 64 * 1024;
export const WELCOME = 'welcome/';

export interface Command {
  readonly token: string;
  readonly command: string;
  readonly words: readonly string[];
}

/** Numbered by the gate, from 1; a welcome carries the number of the last one. */
export interface GateEvent {
  readonly topic: string;
  readonly number: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a gate says of itself. */
export interface Status extends Record<string, unknown> {
  readonly name: string;
  readonly pid: number;
}

/** What cannot be done, for a reason that the other side may know. */
export class Refusal extends Error {}

/** @throws Refusal when it is too long */
export function encodeCommand(command: Command): string {
  const text = JSON.stringify(command);
  if (Buffer.byteLength(text) <= COMMAND_MAX) return text;
  throw new Refusal(`a command has ${COMMAND_MAX} bytes at most`);
}

/** Whatever came, it is a command afterwards. @throws Refusal */
export function decodeCommand(frames: readonly Buffer[]): Command {
  if (frames.length !== 1) throw new Refusal(`a command is one frame, not ${frames.length}`);
  const { token, command, words } = objectOf(frames[0]);
  if (typeof token !== 'string') throw new Refusal('a command carries the token of the session file, as "token"');
  if (typeof command !== 'string') throw new Refusal('a command has its name in "command"');
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) {
    throw new Refusal('a command has a list of strings in "words"');
  }
  return { token, command, words };
}

export function encodeReply(outcome: { value: unknown } | { error: string }): string {
  return JSON.stringify({ ok: 'value' in outcome, ...outcome });
}

/** @returns what the gate replied @throws Refusal that it replied */
export function decodeReply(frames: readonly Buffer[]): unknown {
  const { ok, value, error } = objectOf(frames[0]);
  if (ok !== true) throw new Refusal(String(error));
  return value;
}

export function encodeEvent({ topic, number, data }: GateEvent): string[] {
  return [topic, JSON.stringify({ ...data, number })];
}

/** @returns undefined for what is no event */
export function decodeEvent([topic, text]: readonly Buffer[]): GateEvent | undefined {
  try {
    const { number, ...data } = objectOf(text);
    return { topic: String(topic), number: Number(number), data };
  } catch {
    return undefined;
  }
}

/** @throws Refusal */
function objectOf(frame: Buffer | undefined): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(String(frame));
  } catch {
    throw new Refusal('this is no JSON text');
  }
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new Refusal('this is no JSON object');
}
