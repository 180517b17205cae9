import { Proxy as Broker, curveKeyPair, Pull, Push, version } from 'zeromq';

export async function wrongProxies(): Promise<void> {
  // @ts-expect-error: two sockets
  console.log(new Broker(new Pull()));
  // @ts-expect-error: sockets
  console.log(new Broker({}, new Push()));
  const proxy = new Broker(new Pull(), new Push());
  // @ts-expect-error: read-only
  proxy.frontEnd = new Pull();
  // @ts-expect-error: a PULL
  const front: Push = proxy.frontEnd;
  // @ts-expect-error: no arguments
  await proxy.run(1);
  // @ts-expect-error: no such method
  proxy.stop();
  // @ts-expect-error: no such key
  console.log(front, curveKeyPair().privateKey);
  // @ts-expect-error: text
  console.log(version + 1 === 5);
}
