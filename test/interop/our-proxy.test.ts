/**
 * Our proxy with libzmq sockets on both sides: forwarder, queue and streamer, as in proxy.test.ts with theirs.
 */
import { expect, it } from 'vitest';
import {
  Dealer,
  Pull,
  Push,
  Router,
  type Socket,
  XPublisher,
  XSubscriber,
  Proxy as ZmqProxy,
} from '../../src/index.js';
import { expectFrames } from '../support/peers/body.js';
import { describeFlavours } from '../support/peers/flavours.js';
import { exchange, readToMarker, subscribeTo, unsubscribeFrom } from './exchange.js';
import { type Rig, transports, withRig } from './rig.js';

describeFlavours((flavour, peer) => {
  for (const transport of transports) {
    const title = (around: string) => `${around} of ${flavour.name} around our proxy, ${transport}: whole and in order`;

    it(title('PUB and SUB'), () =>
      withRig(peer, async (rig) => {
        const { front, back } = await start(rig, new XSubscriber(), new XPublisher(), rig.endpoint(transport));
        const [publisher, subscriber] = [await rig.theirs('PUB'), await rig.theirs('SUB')];
        await publisher.connect(front);
        await subscriber.connect(back);
        await subscribeTo(publisher, subscriber, 'apples');
        await subscribeTo(publisher, subscriber, 'pears');
        await unsubscribeFrom(publisher, subscriber, 'apples', 'pears');
        await publisher.send(['apples', 'ripe']);
        await publisher.send(['pears', 'ripe']);
        expect(await readToMarker(publisher, subscriber, 'pears')).toEqual(['pears|ripe']);
      }),
    );

    it(title('REQ and REP'), () =>
      withRig(peer, async (rig) => {
        const { front, back } = await start(rig, new Router(), new Dealer(), rig.endpoint(transport));
        const [client, worker] = [await rig.theirs('REQ'), await rig.theirs('REP')];
        await client.connect(front);
        await worker.connect(back);
        for (const request of [['one'], ['two', 'frames'], ['', 'leading'], ['']]) {
          await exchange(client, worker, request);
        }
      }),
    );

    it(title('PUSH and PULL'), () =>
      withRig(peer, async (rig) => {
        const { front, back } = await start(rig, new Pull(), new Push(), rig.endpoint(transport));
        const [source, sink] = [await rig.theirs('PUSH'), await rig.theirs('PULL')];
        await source.connect(front);
        await sink.connect(back);
        const messages = Array.from({ length: 500 }, (_, index) => [`${index}`, '', 'of 500']);
        for (const message of messages) await source.send(message);
        for (const message of messages) expectFrames(await sink.receive(), message);
      }),
    );
  }
});

/** Our proxy, its front at the endpoint and its back at a free one. */
async function start(rig: Rig, front: Socket, back: Socket, endpoint: string) {
  for (const socket of [front, back]) Object.assign(socket, { linger: 0 });
  await front.bind(endpoint);
  await back.bind('tcp://127.0.0.1:*');
  const ends = { front: front.lastEndpoint as string, back: back.lastEndpoint as string };
  const proxy = new ZmqProxy(front, back);
  const ended = proxy.run();
  rig.defer(async () => {
    proxy.terminate();
    await ended;
  });
  return ends;
}
