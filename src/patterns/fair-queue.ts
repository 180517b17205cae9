// Receives from many pipes in turn, one message each (RFC 30: "fair-queued"). Shared by every pattern that receives.
//
// Invariant: `#active` holds all pipes that have something to read, and new ones from the start. One that turns out to be empty
// in its turn leaves, and the last takes its place: libzmq's order, which programs with several peers can see. A pipe that is
// gone stays until it is empty.

import type { Message } from '../core/message.js';
import type { Peer } from '../core/peer.js';
import type { Pipe } from '../core/pipe.js';

export class FairQueue {
  readonly #active: Pipe[] = [];
  #next = 0;
  /** The pipe that the last message came from. */
  source: Pipe | undefined;

  /** Messages that were received here and wait with the pattern. */
  kept = 0;

  /** Who sent that message, where its pipe is gone. */
  #gone: Peer | undefined;

  /** Who sent the last message. */
  get peer(): Peer | undefined {
    return this.source === undefined ? this.#gone : this.source.readFrom;
  }

  /** Messages that wait to be received. */
  get queued(): number {
    return this.#active.reduce((sum, pipe) => sum + pipe.queuedIn, this.kept);
  }

  get readable(): boolean {
    return this.#current() !== undefined;
  }

  /** A peer that was there first has its turn first, though another may have spoken before it. */
  attach(pipe: Pipe): void {
    this.activate(pipe);
  }

  /** Reading may bring new messages in at once, so a pipe can become readable again before it was seen empty. */
  activate(pipe: Pipe): void {
    if (pipe.inFairQueue) return;
    pipe.inFairQueue = true;
    this.#active.push(pipe);
  }

  /** Whose turn it is. */
  get turn(): Pipe | undefined {
    return this.#current();
  }

  /** @param pipe one that has something, if not the one whose turn it is, which has had its turn then */
  receive(pipe = this.#current()): Message | undefined {
    if (pipe === undefined) return undefined;
    // Reading may be what ends the pipe's connection, and with it the pipe: hence the source comes after.
    const message = pipe.read();
    this.source = pipe;
    // One that is gone and has brought its last needs no place; reading may have ended it, and others, just now.
    if (pipe.retired && !pipe.readable) this.#forget(pipe);
    else if (++this.#next >= this.#active.length) this.#next = 0;
    return message;
  }

  /** Forgets the source, so that a closed pipe is not kept alive or answered; and its place, unless it has brought something. */
  detach(pipe: Pipe): void {
    if (!pipe.readable) this.#forget(pipe);
    if (this.source !== pipe) return;
    this.#gone = pipe.readFrom;
    this.source = undefined;
  }

  /** The last message was one that the pattern had kept. */
  credit(peer: Peer | undefined): void {
    this.source = undefined;
    this.#gone = peer;
  }

  /** Throws away what `pipe` has brought. */
  discard(pipe: Pipe): void {
    while (pipe.read() !== undefined);
    this.#forget(pipe);
  }

  #forget(pipe: Pipe): void {
    if (pipe.inFairQueue) this.#remove(this.#active.indexOf(pipe));
  }

  #current(): Pipe | undefined {
    const active = this.#active;
    while (active.length > 0) {
      const pipe = active[this.#next]!;
      if (pipe.readable) return pipe;
      this.#remove(this.#next);
    }
    return undefined;
  }

  #remove(at: number): void {
    const active = this.#active;
    active[at]!.inFairQueue = false;
    const last = active.pop() as Pipe;
    if (at < active.length) active[at] = last;
    if (this.#next >= active.length) this.#next = 0;
  }
}
