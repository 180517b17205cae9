// XSUB (RFC 29): subscribes by sending 01 topic, cancels by sending 00 topic, and receives from its peers in turn. What
// else it sends goes to every peer.
//
// Each topic is sent once, however often it was asked for, and cancelled when the last asker leaves: libzmq holds a set
// for each peer, RFC 37 counts, and this is right with both.

import type { Message } from '../core/message.js';
import type { Pipe } from '../core/pipe.js';
import { view } from '../util/bytes.js';
import { Distributor } from './distributor.js';
import { FairQueue } from './fair-queue.js';
import type { Pattern, PatternOptions } from './pattern.js';
import { TopicTrie } from './topic-trie.js';

const SUBSCRIBE_OCTET = 1;

export class XsubPattern implements Pattern {
  static readonly socketType: 'XSUB' | 'SUB' = 'XSUB';
  protected readonly options: PatternOptions;
  readonly incoming = new FairQueue();
  readonly #distributor = new Distributor();
  protected readonly topics = new TopicTrie<XsubPattern>();
  /** The topics in the order they were first asked for, to be stated to each new peer. */
  readonly #stated = new Map<string, Buffer>();
  #asked = 0;

  constructor(options: PatternOptions) {
    this.options = options;
  }

  attach(pipe: Pipe): boolean {
    this.incoming.attach(pipe);
    this.#distributor.pipes.add(pipe);
    return true;
  }

  connected(pipe: Pipe): boolean {
    for (const topic of this.#stated.values()) pipe.subscribe(topic, true);
    return true;
  }

  detach(pipe: Pipe): void {
    this.#distributor.pipes.delete(pipe);
    this.incoming.detach(pipe);
  }

  readActivated(pipe: Pipe): void {
    this.incoming.activate(pipe);
  }

  writeActivated(): void {}

  subscription(): void {}

  get readable(): boolean {
    return this.incoming.readable;
  }

  receive(): Message | undefined {
    return this.incoming.receive();
  }

  get writable(): boolean {
    return true;
  }

  send(message: Message): boolean {
    const [first] = message as [Buffer];
    if (first.length > 0 && first[0]! <= SUBSCRIBE_OCTET) {
      this.subscribe(view(first, 1, first.length), first[0] === SUBSCRIBE_OCTET);
      return true;
    }
    this.#distributor.chooseAll();
    this.#distributor.send(message);
    return true;
  }

  /** As libzmq has it: a topic counts as often as it was asked for. */
  get topicCount(): number {
    return this.#asked;
  }

  subscribe(topic: Buffer, add: boolean): void {
    const key = topic.toString('latin1');
    if (add) {
      this.#asked++;
      if (this.topics.add(topic, this) !== 'first') return;
      this.#stated.set(key, Buffer.from(topic));
    } else {
      const removed = this.topics.remove(topic, this);
      if (removed !== 'absent') this.#asked--;
      if (removed !== 'last') return;
      this.#stated.delete(key);
    }
    for (const pipe of this.#distributor.pipes) pipe.subscribe(topic, add);
  }
}
