// Waiting for a subscriber, for PUB and XPUB.

import type { Peer } from '../core/peer.js';
import { Socket } from '../core/socket.js';
import { checkedWait, type WaitOptions } from '../core/wait-options.js';
import type { XpubPattern } from '../patterns/xpub.js';
import { toTopics } from './topics.js';

export function subscriberOf(
  socket: Socket,
  pattern: XpubPattern,
  topic: Buffer | string | undefined,
  options: WaitOptions,
): Promise<Peer> {
  const wait = checkedWait(options);
  const [frame] = topic === undefined ? [] : toTopics([topic]);
  return Socket.peersOf(socket).waitForSubscriber(() => pattern.subscriberOf(frame), wait);
}
