import { Push, type SocketOptions } from 'zeromq';

const options: SocketOptions<Push> = { conflate: true };
export const push = new Push(options);
