// The socket types under attack: what a hostile peer must say to pass for a legal one, and how a well-behaved peer proves
// that it is served. The same for hand-made peers over memory and over tcp.

import { expect } from 'vitest';
import type { Event } from '../../src/index.js';
import { type AnySocket, classes } from '../support/classes.js';
import * as wire from '../support/wire.js';

/** A hand-made peer of the socket, past its handshake. */
export interface PeerAtHand {
  write(...bytes: Uint8Array[]): void;
  say(...parts: (Uint8Array | string)[]): void;
  /** What it has heard since the last look, greeting and READY left out. */
  messages(): string[];
}

/** A socket, what it has received since the last look, and a way to wait. */
export interface Subject {
  readonly socket: AnySocket;
  /** Messages as they came. */
  readonly inbox: Buffer[][];
  /** Until everything under way has happened, or `done` says so. */
  settled(done?: () => boolean): Promise<void>;
}

export interface Role {
  /** What the socket says to every peer of its own accord. */
  readonly says: readonly string[];
  /** Set before the socket is bound or connected. */
  prepare?(socket: AnySocket): void;
  /** Before each peer comes. */
  arm?(subject: Subject): void;
  /** What it does with each message. */
  answer?(socket: AnySocket, parts: Buffer[]): Promise<void>;
  /** Receives whenever there is something, by itself. */
  readonly listens: boolean;
  serve(subject: Subject, peer: PeerAtHand, token: string): Promise<void>;
}

/** A message as text: parts joined with `|`, ids that the socket made up as `<id>`. */
export function pictured(parts: readonly Buffer[]): string {
  return parts.map((part) => (part.length === 5 && part[0] === 0 ? '<id>' : part.toString('latin1'))).join('|');
}

async function hears(subject: Subject, peer: PeerAtHand, expected: string[], says: readonly string[]): Promise<void> {
  const heard: string[] = [];
  await subject.settled(() => {
    heard.push(...peer.messages().filter((line) => !says.includes(line)));
    return heard.length >= expected.length;
  });
  expect(heard).toEqual(expected);
}

async function receives(subject: Subject, expected: string[]): Promise<Buffer[][]> {
  await subject.settled(() => subject.inbox.length >= expected.length);
  const messages = subject.inbox.splice(0);
  expect(messages.map(pictured)).toEqual(expected);
  return messages;
}

/** Subscribes to the token, hears it, and cancels. */
async function subscribes(subject: Subject, peer: PeerAtHand, token: string, shown: boolean): Promise<void> {
  const before = topicsOf(subject.socket);
  peer.write(wire.subscribe(token));
  if (shown) await receives(subject, [`\x01${token}`]);
  else await subject.settled(() => topicsOf(subject.socket) > before);
  await subject.socket.send(token);
  await hears(subject, peer, [token], []);
  peer.write(wire.cancel(token));
  if (shown) await receives(subject, [`\0${token}`]);
  else await subject.settled(() => topicsOf(subject.socket) === before);
}

/** ZMQ_TOPICS_COUNT. */
function topicsOf(socket: AnySocket): number {
  return (socket as unknown as { getInt32Option(option: number): number }).getInt32Option(116);
}

async function bothWays(subject: Subject, peer: PeerAtHand, token: string): Promise<void> {
  peer.say(token);
  await receives(subject, [token]);
  await subject.socket.send(`to ${token}`);
  await hears(subject, peer, [`to ${token}`], []);
}

const SUBSCRIBED = 'SUBSCRIBE g';

export const ROLES: Readonly<Record<string, Role>> = {
  PULL: {
    says: [],
    listens: true,
    async serve(subject, peer, token) {
      peer.say(token);
      await receives(subject, [token]);
    },
  },
  PUSH: {
    says: [],
    listens: false,
    async serve(subject, peer, token) {
      await subject.socket.send(token);
      await hears(subject, peer, [token], []);
    },
  },
  PUB: { says: [], listens: false, serve: (subject, peer, token) => subscribes(subject, peer, token, false) },
  XPUB: { says: [], listens: true, serve: (subject, peer, token) => subscribes(subject, peer, token, true) },
  SUB: {
    says: [SUBSCRIBED],
    listens: true,
    prepare: (socket) => socket.subscribe('g'),
    async serve(subject, peer, token) {
      peer.say(`not for us ${token}`);
      peer.say(`g ${token}`);
      await receives(subject, [`g ${token}`]);
    },
  },
  XSUB: {
    says: [SUBSCRIBED],
    listens: true,
    prepare: (socket) => void socket.send('\x01g'),
    async serve(subject, peer, token) {
      peer.say(`g ${token}`);
      await receives(subject, [`g ${token}`]);
    },
  },
  DEALER: { says: [], listens: true, serve: bothWays },
  PAIR: { says: [], listens: true, serve: bothWays },
  ROUTER: {
    says: [],
    listens: true,
    async serve(subject, peer, token) {
      peer.say(token);
      await subject.settled(() => subject.inbox.length > 0);
      const [message] = subject.inbox.splice(0) as [Buffer[]];
      expect(pictured(message.slice(1))).toBe(token);
      await subject.socket.send([message[0], `to ${token}`]);
      await hears(subject, peer, [`to ${token}`], []);
    },
  },
  REP: {
    says: [],
    listens: true,
    answer: (socket, parts) => socket.send(`to ${pictured(parts)}`),
    async serve(subject, peer, token) {
      peer.say('', token);
      await hears(subject, peer, [`|to ${token}`], []);
      await receives(subject, [token]);
    },
  },
  REQ: {
    says: ['|ask'],
    listens: false,
    prepare: (socket) => {
      Object.assign(socket, { relaxed: true });
    },
    arm({ socket, inbox }) {
      // A request that its peer did not answer: the next one takes its place, and its wait.
      const asked = socket.send('ask');
      if (!waiting.has(socket)) void receiveReply(socket, asked, inbox);
    },
    async serve(subject, peer, token) {
      peer.say('', token);
      await receives(subject, [token]);
    },
  },
};

const waiting = new WeakSet<AnySocket>();

async function receiveReply(socket: AnySocket, asked: Promise<void>, inbox: Buffer[][]): Promise<void> {
  waiting.add(socket);
  try {
    await asked;
    inbox.push(await socket.receive());
  } catch {
    // Closed while it waited.
  } finally {
    waiting.delete(socket);
  }
}

/** Takes what comes for as long as the socket is open. */
export async function listen({ socket, inbox }: Subject, { answer }: Role): Promise<void> {
  try {
    for (;;) {
      const parts = await socket.receive();
      inbox.push(parts);
      await answer?.(socket, parts);
    }
  } catch (error) {
    if (!socket.closed) throw error;
  }
}

export function classOf(type: string): (typeof classes)[number]['create'] {
  return classes.find(({ wireName }) => wireName === type)!.create;
}

/** How a connection ended, from its `disconnect` event: the rule that was broken, the system's code, or `left`. */
export function endOf(event: Event): string {
  const { error } = event as { error?: Error & { violation?: string; code?: string } };
  return error?.violation ?? error?.code ?? 'left';
}
