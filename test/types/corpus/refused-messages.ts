import type { MessageLike, Push, Stream } from 'zeromq';

export async function wrongMessages(push: Push, stream: Stream): Promise<void> {
  // @ts-expect-error: an object is no message
  await push.send({ text: 'x' });
  // @ts-expect-error: undefined is no message
  await push.send(undefined);
  // @ts-expect-error: nothing is no message
  await push.send();
  // @ts-expect-error: a boolean is no part
  await push.send(['x', true]);
  // @ts-expect-error: parts do not nest
  await push.send([['x']]);
  // @ts-expect-error: a symbol has no bytes
  await push.send(Symbol('x'));
  // @ts-expect-error: a bigint is none of the kinds
  await push.send(1n);
  // @ts-expect-error: STREAM sends pairs
  await stream.send('x');
  // @ts-expect-error: STREAM sends pairs, not triples
  await stream.send(['id', 'x', 'y']);
  // @ts-expect-error: a Date is no message
  const message: MessageLike = new Date();
  console.log(message);
}
