import { type Context, type Observer, Push, type Socket } from 'zeromq';

const socket: Socket = new Push();
const endpoint: string | null = socket.lastEndpoint;
const events: Observer = socket.events;
const context: Context = socket.context;
const flags: boolean[] = [socket.closed, socket.readable, socket.writable, socket.threadSafe, events.closed];
const type: number = socket.type;
export const state = { endpoint, context, flags, type };
