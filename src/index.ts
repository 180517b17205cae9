// The whole public surface, one export a line. The package's entry is main.ts, which adds the default export.

export { capability } from './capability.js';
export type {
  Acceptance,
  AuthenticationRequest,
  AuthenticationResult,
  Authenticator,
  CurveRequest,
  NullRequest,
  PlainRequest,
  Refusal,
} from './core/authenticator.js';
export type { ContextOptions } from './core/context.js';
export { Context, context } from './core/context.js';
export type {
  Diagnostics,
  DisconnectDiagnostics,
  DropDiagnostics,
  DropReason,
  ErrorDiagnostics,
  MessageDiagnostics,
  PeerDiagnostics,
  SocketDiagnostics,
} from './core/diagnostics.js';
export type { Ending } from './core/ending.js';
export type { ErrnoError, Event, EventOfType, EventSubscriber, EventType } from './core/monitor.js';
export { Observer } from './core/monitor.js';
export type { DisconnectOptions, Peer } from './core/peer.js';
export type { PropertyValues } from './core/properties.js';
export { Proxy } from './core/proxy.js';
export type { RequestOptions } from './core/requests.js';
export type { WaitForPeerOptions } from './core/socket.js';
export { Socket } from './core/socket.js';
export type { PeerStatistics, SocketStatistics, Traffic } from './core/statistics.js';
export type { BatchOptions } from './core/verbs.js';
export type { SignalOptions, WaitOptions } from './core/wait-options.js';
export type { Violation } from './errors.js';
export {
  AuthError,
  BusyError,
  ClosedError,
  EndpointError,
  InvalidArgumentError,
  LimitError,
  ProtocolError,
  StateError,
  TimeoutError,
  UnreachableError,
  UnsupportedError,
  ZmqError,
} from './errors.js';
export type { Bindable, BindLocalOptions } from './local/bind.js';
export { bindLocal } from './local/bind.js';
export { localEndpoint, pipeName } from './local/endpoint.js';
export type { CurveKeys, WriteKeyOptions } from './local/key-file.js';
export { ownKeys, readKeyFile, writeKeyFile } from './local/key-file.js';
export type { AllowedKeys } from './local/key-store.js';
export { KeyStore } from './local/key-store.js';
export type { Session, SessionContent } from './local/session.js';
export type { OwnSession, RemovedSession, StaleReason } from './local/sessions.js';
export { cleanSessions, findSession, listSessions, readSession, writeSession } from './local/sessions.js';
export { curveKeyPair } from './security/curve-keys.js';
export { publicFromSecret, secretsEqual } from './security/secrets.js';
export { Dealer } from './sockets/dealer.js';
export { Pair } from './sockets/pair.js';
export { Publisher } from './sockets/publisher.js';
export { Pull } from './sockets/pull.js';
export { Push } from './sockets/push.js';
export { Reply } from './sockets/reply.js';
export { Request } from './sockets/request.js';
export type { RouterConnectOptions } from './sockets/router.js';
export { Router } from './sockets/router.js';
export type { StreamConnectOptions } from './sockets/stream.js';
export { Stream } from './sockets/stream.js';
export { Subscriber } from './sockets/subscriber.js';
export type { Message, MessageFrom, MessageLike, Readable, SocketOptions, Writable } from './sockets/types.js';
export { XPublisher } from './sockets/xpublisher.js';
export { XSubscriber } from './sockets/xsubscriber.js';
export { toNodeReadable, toNodeWritable } from './streams/node-streams.js';
export type { StreamOptions } from './streams/stream-options.js';
export { toReadableStream, toWritableStream } from './streams/web-streams.js';
export { packageVersion, version } from './version.js';
