// XSUB (RFC 29): SUB that subscribes by sending 01 prefix and 00 prefix; other messages go to the publishers.

import { Socket } from '../core/socket.js';
import { defineOptions, RECEIVE, SEND } from './accessors.js';
import type { Readable, SocketOptions, Writable } from './types.js';

export interface XSubscriber extends Readable, Writable {}

/**
 * As Subscriber, and subscribes by sending 01 and the prefix, or 00 and the prefix; other messages go to the publishers (XSUB,
 * RFC 29).
 */
export class XSubscriber extends Socket {
  constructor(options?: SocketOptions<XSubscriber>) {
    super(10, options);
  }
}

defineOptions(XSubscriber, ...SEND, ...RECEIVE);
