// A ConnectionEvents that writes down what a Connection reports, in order, as text and as bytes.
//
// `log` has one line for each event, so that an expectation reads like the conversation: `ready PUSH`, `message a|b`,
// `+topic`, `-topic`. `accepts` is asked after each message and subscription has been noted: false refuses more.

import type { ConnectionEvents, PeerInfo } from '../../src/protocol/connection.js';
import type { ZapRequest } from '../../src/protocol/mechanism.js';

export class Recorder implements ConnectionEvents {
  readonly log: string[] = [];
  readonly peers: PeerInfo[] = [];
  readonly messages: Buffer[][] = [];
  /** May also act on the connection: close it, resume it. */
  accepts: (line: string) => boolean = () => true;
  onReady: () => void = () => {};
  /** May answer at once. */
  onZap: () => void = () => {};
  /** May do it at once. */
  onWork: () => void = () => {};

  get peer(): PeerInfo {
    const peer = this.peers.at(-1);
    if (peer === undefined) throw new Error('the handshake is not done');
    return peer;
  }

  ready(peer: PeerInfo): void {
    this.peers.push(peer);
    this.log.push(`ready ${peer.socketType}`);
    this.onReady();
  }

  message(parts: Buffer[]): boolean {
    this.messages.push(parts);
    return this.#note(`message ${parts.map((part) => part.toString('latin1')).join('|')}`);
  }

  subscription(topic: Buffer, add: boolean): boolean {
    return this.#note(`${add ? '+' : '-'}${topic.toString('latin1')}`);
  }

  zap({ mechanism, credentials }: ZapRequest): void {
    this.log.push(`zap ${[mechanism, ...credentials.map((one) => one.toString('latin1'))].join('|')}`);
    this.onZap();
  }

  work(): void {
    this.log.push('work');
    this.onWork();
  }

  #note(line: string): boolean {
    this.log.push(line);
    return this.accepts(line);
  }
}
