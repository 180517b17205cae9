import type { Pull, Request, Stream } from 'zeromq';

export async function wrongResults(pull: Pull, stream: Stream, request: Request): Promise<void> {
  // @ts-expect-error: a list of frames
  const text: string = await pull.receive();
  // @ts-expect-error: Buffers
  const texts: string[] = await pull.receive();
  // @ts-expect-error: a pair
  const triple: [Buffer, Buffer, Buffer] = await stream.receive();
  // @ts-expect-error: sending has no result
  const sent: number = await request.send('x');
  // @ts-expect-error: null before there is one
  const endpoint: string = pull.lastEndpoint;
  // @ts-expect-error: Buffers
  for await (const [frame] of pull) frame.toUpperCase();
  console.log(text, texts, triple, sent, endpoint);
}
