// Gives socket classes their option properties, from the one table in core/options.ts.

import type { OptionName } from '../core/options.js';
import { Socket } from '../core/socket.js';

/** Every socket has these. */
const COMMON: readonly OptionName[] = [
  'linger',
  'reconnectInterval',
  'reconnectMaxInterval',
  'backlog',
  'maxMessageSize',
  'tcpKeepalive',
  'tcpKeepaliveIdle',
  'immediate',
  'ipv6',
  'handshakeInterval',
  'heartbeatInterval',
  'heartbeatTimeToLive',
  'heartbeatTimeout',
  'connectTimeout',
];
export const SEND: readonly OptionName[] = ['sendHighWaterMark', 'sendTimeout'];
export const RECEIVE: readonly OptionName[] = ['receiveHighWaterMark', 'receiveTimeout'];

export function defineOptions(target: { readonly prototype: Socket }, ...names: readonly OptionName[]): void {
  for (const name of names) {
    Object.defineProperty(target.prototype, name, {
      get(this: Socket): unknown {
        return Socket.getOption(this, name);
      },
      set(this: Socket, value: unknown) {
        Socket.setOption(this, name, value);
      },
      enumerable: true,
      configurable: true,
    });
  }
}

defineOptions(Socket, ...COMMON);
