// XPUB (RFC 29): sends each message to the peers that subscribed to a prefix of its first frame, dropping it for those at
// their high-water mark; receives its peers' subscriptions as messages 01 topic and 00 topic.

import type { Message } from '../core/message.js';
import type { Pipe } from '../core/pipe.js';
import { ProtocolError } from '../errors.js';
import { Distributor } from './distributor.js';
import { FairQueue } from './fair-queue.js';
import type { Pattern, PatternOptions } from './pattern.js';
import { TopicTrie } from './topic-trie.js';

/** Different topics one peer may subscribe to: libzmq has no limit, and each costs us some 250 bytes. */
export const PEER_TOPICS_MAX = 1_000_000;
/** Bytes of all topics of one peer. */
export const PEER_TOPIC_BYTES_MAX = 64 * 1024 * 1024;

export class XpubPattern implements Pattern {
  static readonly socketType: 'XPUB' | 'PUB' = 'XPUB';
  protected readonly options: PatternOptions;
  /** Subscriptions are shown to the application. */
  protected readonly tells: boolean = true;
  protected readonly queue = new FairQueue();
  readonly #distributor = new Distributor();
  /** What messages are matched against. */
  readonly #topics = new TopicTrie<Pipe>();
  /** In manual mode: what the peers asked for, whatever the application made of it. */
  readonly #asked = new TopicTrie<Pipe>();
  readonly #topicBytes = new Map<Pipe, number>();

  constructor(options: PatternOptions) {
    this.options = options;
  }

  attach(pipe: Pipe): boolean {
    this.#distributor.pipes.add(pipe);
    return true;
  }

  /** A peer that comes (again) states its subscriptions anew. */
  connected(pipe: Pipe): boolean {
    this.#dropTopics(pipe);
    if (this.options.welcomeMessage !== undefined) pipe.greet([this.options.welcomeMessage]);
    return true;
  }

  detach(pipe: Pipe): void {
    this.#distributor.pipes.delete(pipe);
    this.#dropTopics(pipe);
    this.#topicBytes.delete(pipe);
    this.queue.detach(pipe);
  }

  readActivated(pipe: Pipe): void {
    this.queue.activate(pipe);
  }

  writeActivated(): void {}

  subscription(pipe: Pipe, topic: Buffer, add: boolean): void {
    const trie = this.options.manual ? this.#asked : this.#topics;
    const shown = add ? this.#add(trie, pipe, topic) : this.#remove(trie, pipe, topic);
    if (shown || this.options.manual) this.notify(pipe, topic, add);
  }

  /** In manual mode: gives the topic to, or takes it from, the peer whose subscription was received last. */
  setManually(topic: Buffer, add: boolean): void {
    const pipe = this.queue.source;
    if (!this.options.manual || pipe === undefined || pipe.retired) return;
    if (add) this.#topics.add(topic, pipe);
    else this.#topics.remove(topic, pipe);
  }

  get readable(): boolean {
    return this.queue.readable;
  }

  receive(): Message | undefined {
    return this.queue.receive();
  }

  get writable(): boolean {
    if (!this.options.noDrop) return true;
    for (const pipe of this.#distributor.pipes) if (!pipe.writable) return false;
    return true;
  }

  send(message: Message): boolean {
    const distributor = this.#distributor;
    this.#topics.match(message[0]!, distributor.choose);
    if (this.options.invertMatching) distributor.invert();
    if (this.options.noDrop && !distributor.chosenWritable) {
      distributor.reset();
      return false;
    }
    distributor.send(message);
    return true;
  }

  /** Shows a subscription to the application. */
  protected notify(pipe: Pipe, topic: Buffer, add: boolean): void {
    pipe.deliver([Buffer.concat([Buffer.of(add ? 1 : 0), topic])]);
  }

  #add(trie: TopicTrie<Pipe>, pipe: Pipe, topic: Buffer): boolean {
    this.#account(pipe, topic.length);
    const added = trie.add(topic, pipe);
    if (added === 'again') {
      this.#account(pipe, -topic.length);
      if (pipe.peer?.subscriptionsAreASet) trie.remove(topic, pipe);
    } else if (trie.sizeOf(pipe) > PEER_TOPICS_MAX) throw overLimit(`more than ${PEER_TOPICS_MAX} topics`);
    return added === 'first' || this.options.verbosity !== null;
  }

  #remove(trie: TopicTrie<Pipe>, pipe: Pipe, topic: Buffer): boolean {
    const removed = trie.remove(topic, pipe);
    if (removed === 'last' || removed === 'left') this.#account(pipe, -topic.length);
    return removed === 'last' || (removed !== 'absent' && this.options.verbosity === 'allSubsUnsubs');
  }

  #account(pipe: Pipe, bytes: number): void {
    const total = (this.#topicBytes.get(pipe) ?? 0) + bytes;
    if (total > PEER_TOPIC_BYTES_MAX) throw overLimit(`topics of more than ${PEER_TOPIC_BYTES_MAX} bytes`);
    this.#topicBytes.set(pipe, total);
  }

  #dropTopics(pipe: Pipe): void {
    const { manual, verbosity } = this.options;
    const tell = (topic: Buffer, last: boolean): void => {
      if (last || verbosity === 'allSubsUnsubs') this.notify(pipe, topic, false);
    };
    this.#topics.removeKey(pipe, this.tells && !manual ? tell : undefined);
    this.#asked.removeKey(pipe, (topic) => this.notify(pipe, topic, false));
    this.#topicBytes.delete(pipe);
  }
}

function overLimit(what: string): ProtocolError {
  return new ProtocolError('subscription-limit', `the peer subscribed to ${what}`);
}
