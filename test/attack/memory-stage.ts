// Where wire cases are played: a real socket over a memory network under a virtual clock, a hostile peer, and afterwards, on
// the same endpoint, a well-behaved one. The socket has bound, or has connected to whoever comes.

import { expect } from 'vitest';
import type { AnySocket } from '../support/classes.js';
import { MemoryPeer } from '../support/memory-peer.js';
import type { MemoryStream } from '../support/memory-transport.js';
import { settle } from '../support/virtual-clock.js';
import { PEER_OF } from '../support/wire.js';
import { World } from '../support/world.js';
import { classOf, endOf, listen, pictured, ROLES, type Role, type Subject } from './roles.js';
import type { WireCase } from './wire-case.js';

/** Which side the socket under attack is on. */
export type Side = 'bound' | 'connected';

/** What comes is decoded when it comes; how a flood is decoded by turns is shown in test/core/turns.test.ts. */
const AT_ONCE = { maxTurnMessages: 1_000_000, maxTurnBytes: 10_000_000 };

interface Outcome {
  readonly ends: string | undefined;
  readonly received: readonly string[];
  readonly answers: readonly string[];
}

export class MemoryStage implements Subject {
  readonly world = new World();
  readonly socket: AnySocket;
  readonly inbox: Buffer[][] = [];
  /** Attacks so far. */
  runs = 0;
  readonly #type: string;
  readonly #role: Role;
  readonly #side: Side;
  readonly #ends: string[] = [];
  /** Connections that the socket made and nobody has taken up. */
  readonly #dialled: MemoryStream[] = [];

  constructor(type: string, side: Side, options: object = {}) {
    this.#type = type;
    this.#role = ROLES[type] as Role;
    this.#side = side;
    this.socket = this.world.open(classOf(type), { ...AT_ONCE, ...options });
    this.socket.events.on('disconnect', (event) => this.#ends.push(endOf(event)));
  }

  async set(): Promise<this> {
    this.#role.prepare?.(this.socket);
    if (this.#role.listens) void listen(this, this.#role);
    if (this.#side === 'bound') await this.socket.bind('mem://a');
    else this.world.network.listen('a', (stream) => this.#dialled.push(stream));
    return this;
  }

  async settled(done?: () => boolean): Promise<void> {
    await settle();
    done?.();
  }

  /** The peer sends the chunks, one a turn, in pieces of so many bytes; then a good one comes, and is served. */
  async play(wireCase: WireCase, chunks: readonly Buffer[], piece = 0): Promise<void> {
    this.runs++;
    this.#role.arm?.(this);
    const peer = await this.#meet();
    if (piece > 0) peer.stream.wire.pieces = [piece];
    for (const chunk of chunks) {
      if (peer.ended !== undefined) break;
      peer.write(chunk);
      await settle();
    }
    await this.#leave(peer, wireCase.after);
    const answers = this.#heard(peer);
    const received = this.inbox.splice(0).map(pictured);
    expect(this.#ends.length).toBe(wireCase.ends === undefined ? 0 : 1);
    const outcome: Outcome = { ends: this.#ends.at(0), received, answers };
    const { ends, received: due = [], answers: dueAnswers = [] } = wireCase;
    expect(outcome).toEqual({ ends, received: due, answers: dueAnswers });
    expect(peer.ended !== undefined).toBe(ends !== undefined);
    if (ends === undefined) await this.#serve(peer);
    peer.stream.destroy();
    await settle();
    this.#ends.length = 0;
    await this.#welcome();
  }

  /** Nothing is left: no timer, no connection. */
  async strike(): Promise<void> {
    Object.assign(this.socket, { linger: 0 });
    this.socket.close();
    await settle();
    expect(this.world.clock.pending).toBe(0);
    expect(this.world.network.links.filter(({ over }) => !over)).toEqual([]);
  }

  /** A well-behaved peer comes, is served, and goes. */
  async #welcome(): Promise<void> {
    const peer = await this.#meet();
    peer.introduce(PEER_OF[this.#type] as string);
    await settle();
    this.#heard(peer);
    // XPUB shows what has ended with the last peer; one that has connected, when the next is there.
    this.inbox.length = 0;
    await this.#serve(peer);
    peer.stream.end();
    await settle();
    peer.stream.destroy();
    expect(this.#ends.splice(0)).toEqual(['left']);
  }

  async #serve(peer: MemoryPeer): Promise<void> {
    const hand = {
      write: (...bytes: Uint8Array[]) => peer.write(...bytes),
      say: (...parts: (Uint8Array | string)[]) => peer.say(...parts),
      messages: () => this.#heard(peer),
    };
    this.#role.arm?.(this);
    await this.#role.serve(this, hand, `good ${this.runs}`);
  }

  async #leave(peer: MemoryPeer, after: WireCase['after']): Promise<void> {
    if (peer.ended !== undefined) return;
    if (after === 'FIN') peer.stream.end();
    else if (after === 'RST') peer.stream.reset();
    else if (after === 'silence') await this.world.clock.advance(this.#handshakeTime);
    await settle();
  }

  /** To the moment, so that whoever connected has not come again yet. */
  get #handshakeTime(): number {
    return this.socket.handshakeInterval;
  }

  #heard(peer: MemoryPeer): string[] {
    return peer.messages().filter((line) => !this.#role.says.includes(line));
  }

  async #meet(): Promise<MemoryPeer> {
    if (this.#side === 'bound') return new MemoryPeer(this.world.network.dial('a'));
    await settle();
    const { clock } = this.world;
    // The library comes when its pause is over; where it has given up for good, the program connects anew.
    while (this.#dialled.length === 0 && clock.next < Number.POSITIVE_INFINITY)
      await clock.advance(clock.next - clock.now());
    if (this.#dialled.length === 0) {
      this.socket.connect('mem://a');
      await settle();
    }
    expect(this.#dialled).toHaveLength(1);
    return new MemoryPeer(this.#dialled.pop() as MemoryStream);
  }
}
