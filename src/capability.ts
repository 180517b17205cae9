// What this library can do, for programs that ask before they try.

/**
 * Transports and mechanisms, with the names of zeromq.js (zmq_has); true only for what is here.
 */
export const capability: Partial<{
  /** The transport `ipc://`, on every system. */
  ipc: boolean;
  /** Multicast. */
  pgm: boolean;
  /** The transport of clusters. */
  tipc: boolean;
  /** Multicast, by NORM. */
  norm: boolean;
  /** The mechanism CURVE. */
  curve: boolean;
  /** The mechanism GSSAPI. */
  gssapi: boolean;
  /** The socket types and options that libzmq calls drafts. */
  draft: boolean;
}> = {
  ipc: true,
  pgm: false,
  tipc: false,
  norm: false,
  curve: true,
  gssapi: false,
  draft: false,
};
