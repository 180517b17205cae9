// Gives socket classes their option properties, from the one table in core/options.ts.

import { isOwn } from '../core/option-bytes.js';
import { FAMILIES, OptionFamilies } from '../core/option-families.js';
import { OPTIONS, type OptionName } from '../core/options.js';
import { Socket } from '../core/socket.js';
import { PATTERNS } from './patterns.js';

/** Every socket has these. */
const COMMON: readonly OptionName[] = [
  'affinity',
  'rate',
  'recoveryInterval',
  'linger',
  'reconnectInterval',
  'backlog',
  'reconnectMaxInterval',
  'maxMessageSize',
  'tcpKeepalive',
  'tcpKeepaliveCount',
  'tcpKeepaliveIdle',
  'tcpKeepaliveInterval',
  'tcpAcceptFilter',
  'immediate',
  'ipv6',
  'plainServer',
  'plainUsername',
  'plainPassword',
  'curveServer',
  'curvePublicKey',
  'curveSecretKey',
  'curveServerKey',
  'zapDomain',
  'typeOfService',
  'handshakeInterval',
  'socksProxy',
  'heartbeatInterval',
  'heartbeatTimeToLive',
  'heartbeatTimeout',
  'connectTimeout',
  'tcpMaxRetransmitTimeout',
  'multicastMaxTransportDataUnit',
  'vmciBufferSize',
  'vmciBufferMinSize',
  'vmciBufferMaxSize',
  'vmciConnectTimeout',
  'interface',
  'zapEnforceDomain',
  'loopbackFastPath',
  'ipcMode',
  'maxHandshakeFrameSize',
  'maxMetadataProperties',
  'maxHandshakes',
  'maxMessageParts',
  'maxTurnMessages',
  'maxTurnBytes',
  'lenient',
];
export const SEND: readonly OptionName[] = [
  'sendHighWaterMark',
  'sendHighWaterBytes',
  'sendTimeout',
  'maxPendingSends',
  'sendBufferSize',
  'multicastHops',
];
export const RECEIVE: readonly OptionName[] = [
  'receiveHighWaterMark',
  'receiveHighWaterBytes',
  'receiveTimeout',
  'maxPendingReceives',
  'receiveBufferSize',
];
export const PUBLISH: readonly OptionName[] = ['noDrop', 'invertMatching', 'maxSubscriptions', 'maxSubscriptionBytes'];

/** Neither enumerable nor configurable, and without a getter where libzmq gives no value, as in zeromq.js. */
export function defineOptions(target: { readonly prototype: Socket }, ...names: readonly OptionName[]): void {
  for (const name of names) {
    Object.defineProperty(target.prototype, name, isOwn(name) ? ownAccessor(name) : accessor(name));
  }
}

/** The bytes of `routingId`, which is text and shows foreign bytes as replacement characters. */
export function defineRoutingId(target: { readonly prototype: Socket }): void {
  defineOptions(target, 'routingId');
  Object.defineProperty(target.prototype, 'routingIdBytes', {
    get(this: Socket): Buffer | null {
      const id = OptionFamilies.optionsOf(this).getOwn('routingId') as Buffer | undefined;
      return id === undefined ? null : Buffer.from(id);
    },
  });
}

function accessor(name: OptionName): PropertyDescriptor {
  const { id, kind, writeOnly } = OPTIONS[name];
  const { read, encode } = FAMILIES[kind];
  const descriptor: PropertyDescriptor = {
    set(this: Socket, value: unknown) {
      OptionFamilies.optionsOf(this).set(id, encode(value, id));
    },
  };
  if (writeOnly) return descriptor;
  return {
    get(this: Socket): unknown {
      return read(OptionFamilies.optionsOf(this), id);
    },
    ...descriptor,
  };
}

function ownAccessor(name: OptionName): PropertyDescriptor {
  return {
    get(this: Socket): unknown {
      return OptionFamilies.optionsOf(this).getOwn(name);
    },
    set(this: Socket, value: unknown) {
      OptionFamilies.optionsOf(this).setOwn(name, value);
    },
  };
}

Socket.usePatterns(PATTERNS);
defineOptions(Socket, ...COMMON);
