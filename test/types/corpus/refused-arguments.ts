import { Pull, type Push, type Router, Socket, type Stream, type Subscriber } from 'zeromq';

export async function wrongArguments(
  socket: Push,
  subscriber: Subscriber,
  router: Router,
  stream: Stream,
): Promise<void> {
  // @ts-expect-error: an address is text
  await socket.bind(5555);
  // @ts-expect-error: an address is needed
  await socket.bind();
  // @ts-expect-error: an address is text
  socket.connect(null);
  // @ts-expect-error: PUSH connects without options
  socket.connect('inproc://x', { routingId: 'x' });
  // @ts-expect-error: a topic is text or a Buffer
  subscriber.subscribe(1);
  // @ts-expect-error: topics come one by one
  subscriber.subscribe(['a', 'b']);
  // @ts-expect-error: a routing id is no number
  router.connect('inproc://x', { routingId: 5 });
  // @ts-expect-error: no such option
  stream.connect('inproc://x', { id: 'x' });
  // @ts-expect-error: an abstract class
  console.log(new Socket(8));
  // @ts-expect-error: protected
  new Pull().setBoolOption(1, true);
}
