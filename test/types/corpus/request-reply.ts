import { Reply, Request } from 'zeromq';

export async function serve(): Promise<void> {
  const reply = new Reply({ routingId: 'server' });
  await reply.bind('tcp://127.0.0.1:*');
  for await (const [question, ...rest] of reply) {
    const text: string | undefined = question?.toString();
    await reply.send([`re: ${text}`, ...rest]);
  }
}
export async function ask(endpoint: string): Promise<Buffer | undefined> {
  const request = new Request({ correlate: true, relaxed: true, probeRouter: false, routingId: null });
  request.connect(endpoint);
  await request.send(['a', 'b']);
  const [answer] = await request.receive();
  return answer;
}
