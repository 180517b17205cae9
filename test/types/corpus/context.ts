import { Context, context, Push } from 'zeromq';

const own = new Context({ ioThreads: 2, maxSockets: 10, ipv6: true, blocky: false });
own.ioThreads = 1;
own.maxMessageSize = 1000;
own.threadPriority = 1;
own.threadSchedulingPolicy = 1;
own.blocky = true;
export const limit: number = own.maxSocketsLimit;
export const push = new Push({ context: own });
export const shared: Context = context;
export const plain = new Context();
