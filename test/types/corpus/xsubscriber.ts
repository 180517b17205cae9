import { XSubscriber } from 'zeromq';

const xsub = new XSubscriber({ sendTimeout: 1, receiveTimeout: 2 });
export async function subscribe(topic: string): Promise<Buffer[]> {
  await xsub.send(Buffer.concat([Buffer.of(1), Buffer.from(topic)]));
  return xsub.receive();
}
