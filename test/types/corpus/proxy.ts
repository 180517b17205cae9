import { Proxy as Broker, Dealer, Router } from 'zeromq';

export async function broker(): Promise<void> {
  const proxy = new Broker(new Router({ mandatory: true }), new Dealer());
  const front: Router = proxy.frontEnd;
  const back: Dealer = proxy.backEnd;
  await Promise.all([front.bind('tcp://127.0.0.1:*'), back.bind('tcp://127.0.0.1:*')]);
  const ended: Promise<void> = proxy.run();
  proxy.pause();
  proxy.resume();
  proxy.terminate();
  await ended;
}
export type Any = Broker;
export type Some = Broker<Router, Dealer>;
