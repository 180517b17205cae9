import { Context, Dealer, Publisher, type Pull, Push, type Router, type SocketOptions, type XPublisher } from 'zeromq';

export function wrongOptions(push: Push, pull: Pull, xpub: XPublisher, router: Router): void {
  // @ts-expect-error: a number
  push.linger = '0';
  // @ts-expect-error: a boolean
  push.ipv6 = 1;
  // @ts-expect-error: a number
  push.sendTimeout = null;
  // @ts-expect-error: PUSH does not receive
  push.receiveTimeout = 0;
  // @ts-expect-error: PULL does not send
  pull.sendHighWaterMark = 1;
  // @ts-expect-error: none of the three
  xpub.verbosity = 'all';
  // @ts-expect-error: text or null
  xpub.welcomeMessage = 1;
  // @ts-expect-error: a boolean
  router.mandatory = 'yes';
  // @ts-expect-error: text or null
  router.routingId = 5;
  // @ts-expect-error: no such option
  console.log(new Dealer({ lingr: 0 }));
  // @ts-expect-error: PUB has no routing id
  console.log(new Publisher({ routingId: 'x' }));
  // @ts-expect-error: a number
  console.log(new Push({ sendHighWaterMark: '5' }));
  // @ts-expect-error: a Context
  console.log(new Push({ context: {} }));
  // @ts-expect-error: an object
  console.log(new Push(5));
  // @ts-expect-error: no such option
  console.log(new Context({ threads: 1 }));
  // @ts-expect-error: a method is no option
  const options: SocketOptions<Pull> = { close() {} };
  console.log(options);
  // @ts-expect-error: an unknown property
  push.colour = 'red';
}
