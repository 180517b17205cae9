// The contract between the core and the ways bytes travel. A transport never sees a frame; the core never sees a socket.

/** A connected, ordered, reliable stream of bytes. */
export interface ByteStream {
  /** `host:port` of the other end, where there is such a thing; asked once, while it is connected. */
  readonly remoteAddress?: string | undefined;
  /** Begins to report. */
  start(handler: StreamHandler): void;
  /** False: no more until `drain`. The bytes are taken all the same. */
  write(chunks: readonly Buffer[]): boolean;
  /** Writes that the system has not taken whole; at 0 the memory of all that was written is the writer's again. */
  readonly unfinished: number;
  pause(): void;
  resume(): void;
  /** Sends what was written, says that no more comes, and calls `sent`. The peer may still send. */
  end(sent: () => void): void;
  /** Closes at once; what the system has not taken is lost. `closed` is not called any more. */
  destroy(): void;
}

export interface StreamHandler {
  /** @returns whether all its bytes were copied, so that nothing refers to the chunk's memory any more */
  data(chunk: Buffer): boolean;
  drain(): void;
  /** The stream is over, with an error or because the peer ended it. Called at most once, and last. */
  closed(error: Error | undefined): void;
}

export interface TransportOptions {
  /** Connections that the system may queue for us. */
  readonly backlog: number;
  readonly ipv6: boolean;
  /** Permission bits of the file of a Unix socket. */
  readonly ipcMode: number;
  /** -1 the system's default, 0 off, 1 on. */
  readonly tcpKeepalive: number;
  /** Seconds before the first probe; -1 the system's default. */
  readonly tcpKeepaliveIdle: number;
  /** Networks as `address/bits`, from which alone peers are accepted; everybody is when there are none. */
  readonly tcpAcceptFilter: readonly string[];
  /** `host:port` of the SOCKS5 proxy to connect through. */
  readonly socksProxy: string | null;
  /** Who to be for the proxy; no authentication without. */
  readonly socksUsername: string | null;
  readonly socksPassword: string | null;
}

export interface ListenHandler {
  accepted(stream: ByteStream): void;
  /** An accept failed; the listener goes on. */
  failed(error: Error): void;
}

export interface Listening {
  /** The resolved endpoint: what a peer can connect to. */
  readonly endpoint: string;
  /** Stops accepting, and removes what the listener put into the file system. */
  close(): void;
}

/** Called once: with a stream, or with the error that a new attempt may or may not repeat. */
export type ConnectDone = (error: NodeJS.ErrnoException | undefined, stream: ByteStream | undefined) => void;

/** A checked endpoint of one transport. */
export interface Target {
  /** Rejects with a system error. */
  listen(options: TransportOptions, handler: ListenHandler): Promise<Listening>;
  /** As `listen`, done when it returns. Absent where that cannot be. @throws a system error, ENOTSUP */
  readonly listenSync?: (options: TransportOptions, handler: ListenHandler) => Listening;
  /** Returns a function that gives the attempt up. */
  connect(options: TransportOptions, done: ConnectDone): () => void;
}

export interface Transport {
  /** What stands before `://`. */
  readonly scheme: string;
  /**
   * Checks what stands behind `://`.
   * @throws EINVAL naming the endpoint and what is wrong with it
   */
  target(address: string, role: 'bind' | 'connect'): Target;
}
