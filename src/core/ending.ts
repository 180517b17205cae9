// How the end of a socket is told: what `socket.ended` resolves with.

/** What became of a closed socket. */
export interface Ending {
  /**
   * Messages that `send` had accepted and that waited when the socket was closed, and never reached the operating system (over
   * inproc: the other socket): linger was over, or no peer would come any more. A message for many peers counts for each. Of a
   * write that the system has taken only in part, all messages count. What was dropped before, at a high-water mark or with a
   * lost connection, does not count.
   */
  readonly dropped: number;
}
