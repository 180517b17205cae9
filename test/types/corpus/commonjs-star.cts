import * as zmq from 'zeromq';

export const push: zmq.Push = new zmq.Push();
export async function send(message: zmq.MessageLike): Promise<void> {
  await push.send(message);
}
