/**
 * A publisher that remembers the last value of each topic and gives it to every new subscriber, and to nobody else.
 *
 * PUB alone cannot: it forgets what it has sent, and cannot send to one subscriber. XPUB in manual mode shows each
 * subscription together with the peer it came from, and waits for the program's decision.
 */

import { type Peer, XPublisher } from '../../src/index.js'; // In a program of yours: from 'zmtp'.

const SUBSCRIBE = 1;

export class LastValueCache {
  readonly #publisher = new XPublisher({ manual: true, linger: 0 });
  readonly #last = new Map<string, string>();

  /** Binds to a free port of this machine, and says where. */
  async start(): Promise<string> {
    await this.#publisher.bind('tcp://127.0.0.1:*');
    void this.#serve();
    return this.#publisher.lastEndpoint!;
  }

  async publish(topic: string, value: string): Promise<void> {
    this.#last.set(topic, value);
    await this.#publisher.send([topic, value]);
  }

  /** Until somebody would receive this topic. */
  async subscribed(topic: string): Promise<void> {
    await this.#publisher.waitForSubscriber(topic);
  }

  stop(): void {
    this.#publisher.close();
  }

  async #serve(): Promise<void> {
    while (!this.#publisher.closed) {
      const { parts, peer } = await this.#publisher.receiveMessage().catch(() => ({ parts: [], peer: undefined }));
      const [frame] = parts;
      if (frame === undefined || peer === undefined) return;
      const prefix = frame.toString('utf8', 1);
      if (frame[0] === SUBSCRIBE) this.#welcome(peer, prefix);
      else this.#publisher.unsubscribePeer(peer, prefix);
    }
  }

  /** Nothing is published between the two steps: they are done in one go. So no value is missed and none comes twice. */
  #welcome(peer: Peer, prefix: string): void {
    this.#publisher.subscribePeer(peer, prefix);
    for (const [topic, value] of this.#last) {
      if (topic.startsWith(prefix)) this.#publisher.sendTo(peer, [topic, value]);
    }
  }
}
