// The whole public surface, one export a line.

export type { ContextOptions } from './core/context.js';
export { Context, context } from './core/context.js';
export type { ErrnoError, Event, EventOfType, EventType } from './core/monitor.js';
export { Observer } from './core/monitor.js';
export { Socket } from './core/socket.js';
export { ProtocolError, ZmqError } from './errors.js';
export { Dealer } from './sockets/dealer.js';
export { Pair } from './sockets/pair.js';
export { Publisher } from './sockets/publisher.js';
export { Pull } from './sockets/pull.js';
export { Push } from './sockets/push.js';
export { Reply } from './sockets/reply.js';
export { Request } from './sockets/request.js';
export type { RouterConnectOptions } from './sockets/router.js';
export { Router } from './sockets/router.js';
export { Subscriber } from './sockets/subscriber.js';
export type { Message, MessageLike, Readable, SocketOptions, Writable } from './sockets/types.js';
export { XPublisher } from './sockets/xpublisher.js';
export { XSubscriber } from './sockets/xsubscriber.js';
export { packageVersion, version } from './version.js';
