// Where wire cases are played over real tcp: the socket has bound, a bare net.Socket sends the bytes, and a well-behaved one
// comes after it. Without the cases that a real network cannot repeat to the byte: silence takes time there, and a reset
// destroys what is on its way (test/fault/abrupt.test.ts).

import { expect } from 'vitest';
import type { AnySocket } from '../support/classes.js';
import { Heard } from '../support/heard.js';
import { dial, type NetPeer } from '../support/net-peers.js';
import { until, within } from '../support/peers/deadline.js';
import { bound, open } from '../support/sockets.js';
import * as wire from '../support/wire.js';
import { classOf, endOf, listen, type PeerAtHand, pictured, ROLES, type Role, type Subject } from './roles.js';
import type { WireCase } from './wire-case.js';

export function playableOverTcp({ after }: WireCase): boolean {
  return after === undefined || after === 'FIN';
}

export class TcpStage implements Subject {
  readonly socket: AnySocket;
  readonly inbox: Buffer[][] = [];
  readonly #type: string;
  readonly #role: Role;
  readonly #ends: string[] = [];
  #endpoint = '';
  #runs = 0;

  constructor(type: string, options: object = {}) {
    this.#type = type;
    this.#role = ROLES[type] as Role;
    this.socket = open(new (classOf(type))(options));
    this.socket.events.on('disconnect', (event) => this.#ends.push(endOf(event)));
  }

  async set(): Promise<this> {
    this.#role.prepare?.(this.socket);
    if (this.#role.listens) void listen(this, this.#role);
    this.#endpoint = await bound(this.socket);
    return this;
  }

  async settled(done: () => boolean): Promise<void> {
    await until(done, 'what a good peer is owed');
  }

  async play(wireCase: WireCase, chunks: readonly Buffer[]): Promise<void> {
    this.#runs++;
    this.#role.arm?.(this);
    const peer = await dial(this.#endpoint);
    peer.socket.setNoDelay(true);
    for (const chunk of chunks) if (!(await peer.write(chunk))) break;
    if (wireCase.after === 'FIN') peer.end();
    const hand = handOf(peer);
    if (wireCase.ends === undefined) await this.#goesOn(wireCase, hand);
    else await until(() => this.#ends.length > 0, `the end by ${wireCase.ends}`);
    const received = this.inbox.splice(0).map(pictured);
    expect({ ends: this.#ends.at(0), received }).toEqual({ ends: wireCase.ends, received: wireCase.received ?? [] });
    if (wireCase.ends === undefined) await this.#serve(hand);
    else await peer.gone();
    await this.#farewell(peer);
    await this.#welcome();
  }

  /** Until everything is there that must come; what must not would be seen when the peer is served. */
  async #goesOn({ received = [], answers = [] }: WireCase, hand: PeerAtHand): Promise<void> {
    const heard: string[] = [];
    await until(() => {
      heard.push(...hand.messages().filter((line) => !this.#role.says.includes(line)));
      return this.#ends.length > 0 || (heard.length >= answers.length && this.inbox.length >= received.length);
    }, 'what the peer is owed');
    expect(heard).toEqual(answers);
  }

  async #welcome(): Promise<void> {
    const peer = await dial(this.#endpoint);
    peer.socket.write(Buffer.concat([wire.greeting(), wire.ready(wire.PEER_OF[this.#type] as string)]));
    const hand = handOf(peer);
    // Its handshake is done when it has the other's READY.
    await peer.bytes(64 + 20);
    this.inbox.length = 0;
    await this.#serve(hand);
    await this.#farewell(peer);
  }

  async #serve(hand: PeerAtHand): Promise<void> {
    this.#role.arm?.(this);
    const says = this.#role.says;
    const quiet = { ...hand, messages: () => hand.messages().filter((line) => !says.includes(line)) };
    await this.#role.serve(this, quiet, `good ${this.#runs}`);
  }

  /** Until the library has seen it go. */
  async #farewell(peer: NetPeer): Promise<void> {
    peer.end();
    await until(() => this.#ends.length > 0, 'the end of the peer');
    await within(peer.closed, 'its close');
    this.#ends.length = 0;
    this.inbox.length = 0;
  }
}

function handOf(peer: NetPeer): PeerAtHand {
  const heard = new Heard();
  heard.push(peer.received);
  peer.socket.on('data', (chunk: Buffer) => heard.push(chunk));
  return {
    write: (...bytes) => void peer.socket.write(Buffer.concat(bytes)),
    say: (...parts) => void peer.socket.write(wire.message(...parts)),
    messages: () => heard.messages(),
  };
}
