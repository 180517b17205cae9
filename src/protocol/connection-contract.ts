// What a Connection is given and whom it tells (implemented by Session).

import type { HeartbeatOptions } from './heartbeat.js';
import type { ConnectionLimits } from './limits.js';
import type { Mechanism, ZapRequest } from './mechanism.js';
import type { PeerInfo } from './peer-info.js';
import type { SocketType } from './socket-types.js';

export interface ConnectionOptions {
  readonly socketType: SocketType;
  readonly mechanism: Mechanism;
  /** Milliseconds until the handshake must be done; 0 for no limit. Absolute: bytes do not extend it. */
  readonly handshakeInterval: number;
  /** Bytes of one message, all parts together. */
  readonly maxMessageSize: number;
  readonly heartbeat: HeartbeatOptions;
  /** The defaults when absent. */
  readonly limits?: ConnectionLimits;
  /** Take what libzmq takes though the RFC forbids it: reserved flags, READY as a message, no Socket-Type. */
  readonly lenient?: boolean;
}

export interface ConnectionEvents {
  /** The handshake is done; messages may follow and may be sent. */
  ready(peer: PeerInfo): void;
  /** A whole message. False: take no more until `resume()`. */
  message(parts: Buffer[]): boolean;
  /** The peer subscribed or cancelled; only on PUB and XPUB. False as above. */
  subscription(topic: Buffer, add: boolean): boolean;
  /** May this peer come in? The answer is for `zapReply`, from within or later. */
  zap(request: ZapRequest): void;
  /** A costly step of the handshake is due: `work()` does it, from within or later. */
  work(): void;
}
