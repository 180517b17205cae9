import { type MessageLike, Socket, type Writable } from 'zeromq';

export interface Custom extends Writable {}
export class Custom extends Socket {
  constructor(options?: { linger?: number }) {
    super(8, options);
  }
  post(message: MessageLike): Promise<void> {
    return this.send(message);
  }
}
