// What a peer may make one Connection hold or do. Each limit is an option of the socket (core/common-options.ts), or follows
// from one; these are the defaults. The reason for every number is in spec-notes/limits.md.

export interface ConnectionLimits {
  /** Bytes of a frame before the handshake is done. */
  readonly handshakeFrameSize: number;
  /** Properties that the peer tells of itself. */
  readonly metadataProperties: number;
  /** Bytes of a topic, on sockets that are subscribed to. */
  readonly topicSize: number;
  /** Frames of one message. */
  readonly messageParts: number;
  /** Frames decoded before others have their turn. */
  readonly turnMessages: number;
  /** Bytes decoded before others have their turn. */
  readonly turnBytes: number;
}

export const LIMITS: ConnectionLimits = Object.freeze({
  handshakeFrameSize: 64 * 1024,
  metadataProperties: 256,
  topicSize: 64 * 1024 * 1024,
  messageParts: 65_536,
  turnMessages: 1000,
  turnBytes: 1024 * 1024,
});
