import { Publisher, Pull, Push, Subscriber } from 'zeromq';

export async function wrongVerbs(): Promise<void> {
  // @ts-expect-error: PULL does not send
  await new Pull().send('x');
  // @ts-expect-error: SUB does not send
  await new Subscriber().send('x');
  // @ts-expect-error: PUSH does not receive
  await new Push().receive();
  // @ts-expect-error: PUB does not receive
  await new Publisher().receive();
  // @ts-expect-error: PUSH is not iterable
  for await (const message of new Push()) console.log(message);
  // @ts-expect-error: PUB does not subscribe
  new Publisher().subscribe('x');
  // @ts-expect-error: there is no such method
  new Push().sendSync('x');
}
