// A peer that is gone before the program has heard of it: a write fails at once, its messages are lost and counted as lost, and what
// is sent after it waits for the next peer, whatever its size.

import { describe, expect, it } from 'vitest';
import { Push } from '../../src/index.js';
import { dial, serve } from '../support/net-peers.js';
import { until, within } from '../support/peers/deadline.js';
import { open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';
import * as wire from '../support/wire.js';

failOnUnhandled();

const hello = Buffer.concat([wire.greeting(), wire.ready('PULL')]);
/** Bytes: what is copied into a chunk, what needs the next, larger one, what goes beside it. */
const sizes = [10, 600, 3000, 9000, 70_000];
const SENT = 5;

describe.each(sizes)('messages of %d bytes', (size) => {
  const body = (index: number): Buffer => Buffer.alloc(size, 0xa0 + index);
  const sendAll = async (push: Push) => {
    for (let i = 0; i < SENT; i++) await push.send(body(i));
  };

  it('are all counted as dropped when the only peer is gone', async () => {
    const push = open(new Push());
    await push.bind('ipc://*');
    const peer = await dial(push.lastEndpoint as string);
    await peer.write(hello);
    await within(push.waitForPeer(), 'the handshake');
    peer.socket.destroy();
    await sendAll(push);
    push.close();
    expect(await within(push.ended, 'the end')).toEqual({ dropped: SENT });
  });

  it('wait for the next peer, but for the one whose write has failed', async () => {
    const server = await serve((peer) => void peer.write(hello));
    const push = open(new Push({ reconnectInterval: 1 }));
    push.connect(server.endpoint);
    await within(push.waitForPeer(), 'the handshake');
    await until(() => server.peers[0]?.received.length, 'what the library says first');
    server.peers[0]?.reset();
    await sendAll(push);
    const next = await until(() => server.peers[1], 'the next peer');
    const handshake = wire.greeting().length + wire.ready('PUSH').length;
    const bytes = await next.bytes(handshake + (SENT - 1) * size);
    const arrived = Array.from({ length: SENT }, (_, index) => bytes.includes(body(index)));
    expect(arrived).toEqual([false, true, true, true, true]);
  });
});
