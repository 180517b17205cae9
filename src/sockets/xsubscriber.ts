// XSUB (RFC 29): SUB that subscribes by sending 01 prefix and 00 prefix; other messages go to the publishers.

import { Socket } from '../core/socket.js';
import { XsubPattern } from '../patterns/xsub.js';
import { defineOptions, RECEIVE, SEND } from './accessors.js';
import type { Readable, SocketOptions, Writable } from './types.js';

export interface XSubscriber extends Readable, Writable {}

export class XSubscriber extends Socket {
  constructor(options?: SocketOptions<XSubscriber>) {
    super(10, XsubPattern, options);
  }
}

defineOptions(XSubscriber, ...SEND, ...RECEIVE);
