// XPUB (RFC 29): sends each message to the peers that subscribed to a prefix of its first frame, dropping it for those at
// their high-water mark; receives its peers' subscriptions as messages 01 topic and 00 topic.

import type { Message } from '../core/message.js';
import type { Peer } from '../core/peer.js';
import type { Pipe } from '../core/pipe.js';
import { ProtocolError } from '../errors.js';
import { Queue } from '../util/queue.js';
import { Distributor } from './distributor.js';
import { FairQueue } from './fair-queue.js';
import type { Pattern, PatternOptions } from './pattern.js';
import { TopicTrie } from './topic-trie.js';

/** Topics of peers that left, forgotten in one turn of the event loop: a million of them would take a second. */
export const SLICE = 1000;
/** A topic of as many bytes counts twice. */
const DEAR_TOPIC = 256;

/** One connection of a pipe: when its peer comes again, that is another subscriber. */
class PipeSubscriber {
  readonly pipe: Pipe;
  topicBytes = 0;
  /** Its topics are still being forgotten. */
  gone = false;

  constructor(pipe: Pipe) {
    this.pipe = pipe;
  }
}

/** Forgets one topic of a subscriber that is gone. False: there is none left. */
interface Leaving {
  readonly forget: () => boolean;
  /** To whose queue its cancellations go, where they are shown: not past its high-water mark. */
  readonly queue: Pipe | undefined;
}

export class XpubPattern implements Pattern {
  static readonly socketType: 'XPUB' | 'PUB' = 'XPUB';
  protected readonly options: PatternOptions;
  /** Subscriptions are shown to the application. */
  protected readonly tells: boolean = true;
  readonly incoming = new FairQueue();
  onSubscribed?: () => void;
  onWork?: () => void;
  readonly #distributor = new Distributor();
  /** What messages are matched against. */
  readonly #topics = new TopicTrie<PipeSubscriber>();
  /** In manual mode: what the peers asked for, whatever the application made of it. */
  readonly #asked = new TopicTrie<PipeSubscriber>();
  /**
   * Whose pipe has the first word about a topic that is not received yet, the second, and so on: what two peers say of one topic
   * is shown in this order, whoever's turn it is.
   */
  readonly #told = new Queue<Pipe>();
  /** Of the peers that are here and have subscribed to something. */
  readonly #subscribers = new Map<Pipe, PipeSubscriber>();
  readonly #leaving = new Set<Leaving>();
  /** Topics that may still be forgotten in this turn. */
  #slice = 0;
  readonly #choose = ({ pipe, gone }: PipeSubscriber): void => {
    if (!gone) this.#distributor.choose(pipe);
  };

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
    this.incoming.detach(pipe);
  }

  readActivated(pipe: Pipe): void {
    this.incoming.activate(pipe);
  }

  writeActivated(): void {}

  subscription(pipe: Pipe, topic: Buffer, add: boolean): void {
    const trie = this.options.manual ? this.#asked : this.#topics;
    const subscriber = this.#subscriber(pipe);
    const shown = add ? this.#add(trie, subscriber, topic) : this.#remove(trie, subscriber, topic);
    if (shown || this.options.manual) this.notify(pipe, topic, add);
    if (add) this.onSubscribed?.();
  }

  /**
   * In manual mode: gives the topic to, or takes it from, a peer.
   * @param pipe the peer's; the one whose message was received last when none is given
   */
  setManually(topic: Buffer, add: boolean, pipe = this.incoming.source): void {
    if (!this.options.manual || pipe === undefined || !this.#distributor.pipes.has(pipe)) return;
    const subscriber = this.#subscriber(pipe);
    if (!add) this.#topics.remove(topic, subscriber);
    else if (this.#topics.add(topic, subscriber) !== 'again') this.onSubscribed?.();
  }

  /** A peer that a message with this first frame would go to; with any subscription when no frame is given. */
  subscriberOf(frame: Buffer | undefined): Peer | undefined {
    const matching = new Set<PipeSubscriber | undefined>();
    if (frame !== undefined) this.#topics.match(frame, (subscriber) => matching.add(subscriber));
    const inverted = frame !== undefined && this.options.invertMatching;
    for (const pipe of this.#distributor.pipes) {
      const subscriber = this.#subscribers.get(pipe);
      const any = subscriber !== undefined && this.#topics.sizeOf(subscriber) > 0;
      const wants = frame === undefined ? any : matching.has(subscriber) !== inverted;
      if (wants && pipe.connected) return pipe.connection;
    }
    return undefined;
  }

  /** To one of our peers alone, whatever it subscribed to. False: its queue is full, and the message dropped. */
  sendTo(pipe: Pipe, message: Message): boolean {
    if (!this.#distributor.pipes.has(pipe)) return false;
    if (pipe.write(message)) return true;
    pipe.drop(message);
    return false;
  }

  setTopic(topic: Buffer, add: boolean): boolean {
    if (this.options.manual) this.setManually(topic, add);
    return this.options.manual;
  }

  get topicCount(): number {
    return this.#topics.size;
  }

  get readable(): boolean {
    return this.incoming.readable;
  }

  receive(): Message | undefined {
    const message = this.incoming.receive(this.#speaker);
    if (message !== undefined && isWord(message)) this.#told.shift();
    // There may be room now for what is to be told of those who left.
    if (this.#leaving.size > 0) this.onWork?.();
    return message;
  }

  get writable(): boolean {
    if (!this.options.noDrop) return true;
    for (const pipe of this.#distributor.pipes) if (!pipe.writable) return false;
    return true;
  }

  send(message: Message): boolean {
    const distributor = this.#distributor;
    const only = this.options.manualLastValue ? this.incoming.source : undefined;
    if (only === undefined) this.#topics.match(message[0]!, this.#choose);
    else this.#topics.match(message[0]!, (subscriber) => subscriber.pipe === only && this.#choose(subscriber));
    if (this.options.invertMatching) distributor.invert();
    if (this.options.noDrop && !distributor.chosenWritable) {
      distributor.reset();
      return false;
    }
    distributor.send(message);
    // Only the first message after a subscription is for that subscriber alone.
    if (only !== undefined) this.incoming.detach(only);
    return true;
  }

  work(): boolean {
    this.#slice = SLICE;
    for (const leaving of this.#leaving) {
      while (this.#slice > 0 && leaving.queue?.inputFull !== true) {
        this.#slice--;
        if (leaving.forget()) continue;
        this.#leaving.delete(leaving);
        break;
      }
      if (this.#slice <= 0) return true;
    }
    return false;
  }

  /** Shows a subscription to the application, also one of a peer that has left. */
  protected notify(pipe: Pipe, topic: Buffer, add: boolean): void {
    // A word that takes the place of another has its place, too.
    if (!pipe.conflates || !pipe.readable) this.#told.push(pipe);
    pipe.deliver([Buffer.concat([Buffer.of(add ? 1 : 0), topic])], true);
  }

  /** Who is received from: with a word about a topic nobody overtakes those who spoke before. */
  get #speaker(): Pipe | undefined {
    const { turn } = this.incoming;
    if (turn?.first === undefined || !isWord(turn.first)) return turn;
    // With `conflate` something else may have taken the place of a word.
    for (let first = this.#told.peek(); first !== undefined; first = this.#told.peek()) {
      if (first.readable) return first;
      this.#told.shift();
    }
    return turn;
  }

  #subscriber(pipe: Pipe): PipeSubscriber {
    const known = this.#subscribers.get(pipe);
    if (known !== undefined) return known;
    const subscriber = new PipeSubscriber(pipe);
    this.#subscribers.set(pipe, subscriber);
    return subscriber;
  }

  #add(trie: TopicTrie<PipeSubscriber>, subscriber: PipeSubscriber, topic: Buffer): boolean {
    const { maxSubscriptions, verbosity } = this.options;
    const added = trie.add(topic, subscriber);
    if (added !== 'again') {
      this.#account(subscriber, topic.length);
      if (trie.sizeOf(subscriber) > maxSubscriptions) {
        throw overLimit(`more than ${maxSubscriptions} topics`, 'maxSubscriptions');
      }
    } else if (subscriber.pipe.peer?.subscriptionsAreASet) trie.remove(topic, subscriber);
    return added === 'first' || verbosity !== null;
  }

  #remove(trie: TopicTrie<PipeSubscriber>, subscriber: PipeSubscriber, topic: Buffer): boolean {
    const removed = trie.remove(topic, subscriber);
    if (removed === 'last' || removed === 'left') this.#account(subscriber, -topic.length);
    return removed === 'last' || (removed !== 'absent' && this.options.verbosity === 'allSubsUnsubs');
  }

  #account(subscriber: PipeSubscriber, bytes: number): void {
    const { maxSubscriptionBytes } = this.options;
    const total = subscriber.topicBytes + bytes;
    if (bytes > 0 && total > maxSubscriptionBytes) {
      throw overLimit(`topics of more than ${maxSubscriptionBytes} bytes`, 'maxSubscriptionBytes');
    }
    subscriber.topicBytes = total;
  }

  /** Begun at once, and for few topics done at once. */
  #dropTopics(pipe: Pipe): void {
    const subscriber = this.#subscribers.get(pipe);
    if (subscriber === undefined) return;
    this.#subscribers.delete(pipe);
    subscriber.gone = true;
    const { manual, verbosity } = this.options;
    const queue = this.tells ? pipe : undefined;
    const tell = (topic: Buffer, last: boolean): void => {
      this.#slice -= topic.length / DEAR_TOPIC;
      if (last || verbosity === 'allSubsUnsubs') this.notify(pipe, topic, false);
    };
    if (this.tells && !manual) this.#leaving.add({ forget: this.#topics.removal(subscriber, tell), queue });
    else this.#leaving.add({ forget: this.#topics.removal(subscriber), queue: undefined });
    this.#leaving.add({ forget: this.#asked.removal(subscriber, (topic) => tell(topic, true)), queue });
    if (this.work()) this.onWork?.();
  }
}

/** As `notify` makes them; peers cannot send such messages. */
function isWord(message: Message): boolean {
  const octet = message[0]?.[0];
  return message.length === 1 && octet !== undefined && octet <= 1;
}

function overLimit(what: string, option: string): ProtocolError {
  return new ProtocolError('subscription-limit', `the peer subscribed to ${what} (option ${option})`);
}
