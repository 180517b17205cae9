import { Dealer, Router, type RouterConnectOptions } from 'zeromq';

const router = new Router({ mandatory: true, handover: true, probeRouter: true, routingId: 'r' });
const dealer = new Dealer({ routingId: 'd', probeRouter: true, conflate: false });
const options: RouterConnectOptions = { routingId: 'peer' };
router.connect('tcp://127.0.0.1:1', options);
router.connect('tcp://127.0.0.1:1', {});
router.connect('tcp://127.0.0.1:1');
router.routingId = null;
export async function echo(): Promise<void> {
  for await (const [id, ...frames] of router) await router.send([id as Buffer, ...frames]);
  await dealer.send(['', 'request']);
}
