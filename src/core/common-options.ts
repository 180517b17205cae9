// The options that every socket has, as its users see them: what each does, its unit and its default. The table behind them
// is in options.ts.

/** Options of every socket. Those marked (next) apply to the next bind or connect, the others at once. */
export interface CommonOptions {
  /**
   * How long close, disconnect and unbind wait for unsent messages, in ms; -1 without end, 0 not at all: what the system takes
   * at once still leaves. Default -1, and 0 for SUB and XSUB (ZMQ_LINGER).
   */
  linger: number;
  /** The wait before connecting again, in ms, plus a random part as large; -1 or 0 never. Default 100 (next; ZMQ_RECONNECT_IVL). */
  reconnectInterval: number;
  /** The wait doubles up to this many ms; 0 keeps it constant. Default 0 (next; ZMQ_RECONNECT_IVL_MAX). */
  reconnectMaxInterval: number;
  /** Connections that the system may queue for a bound endpoint. Default 100 (next; ZMQ_BACKLOG). */
  backlog: number;
  /** Bytes of a received message, all parts together; a peer that sends more is disconnected. Negative for no limit; default -1 (next; ZMQ_MAXMSGSIZE). */
  maxMessageSize: number;
  /** TCP keep-alive: -1 the system's default, 0 off, 1 on. Default -1 (next; ZMQ_TCP_KEEPALIVE). */
  tcpKeepalive: number;
  /** Idle seconds before the first keep-alive probe; -1 the system's default. Default -1 (next; ZMQ_TCP_KEEPALIVE_IDLE). */
  tcpKeepaliveIdle: number;
  /** Queue messages only for peers that are there. Default false (next; ZMQ_IMMEDIATE). */
  immediate: boolean;
  /** Use IPv6 beside IPv4. Default false (next; ZMQ_IPV6). */
  ipv6: boolean;
  /**
   * Permission bits of the socket file that bind makes for ipc://, from 0 to 0o777; whoever may write to it may connect.
   * Default 0o600: this user. No effect on Windows, on abstract names and on connect (next; not in libzmq).
   */
  ipcMode: number;
  /**
   * Take from peers what libzmq takes though the RFC forbids it: reserved bits in frame flags, READY as a message, a READY
   * without Socket-Type (RFC 23; spec-notes/libzmq-differences.md). Default false: such a peer is disconnected, for what it
   * sends may be no ZMTP at all (next; not in libzmq).
   */
  lenient: boolean;
  /** The time a peer has for its handshake, in ms; 0 no limit. Default 30000 (next; ZMQ_HANDSHAKE_IVL). */
  handshakeInterval: number;
  /**
   * Bytes of one frame that a peer may send before its handshake is done, from 1024; a peer that sends a longer one is
   * disconnected (`handshake:error:protocol`, violation `frame-size`). Default 65536 (next; not in libzmq).
   */
  maxHandshakeFrameSize: number;
  /**
   * Properties that a peer may tell of itself, from 2; a peer that tells more is disconnected (`handshake:error:protocol`,
   * violation `metadata-limit`). Default 256 (next; not in libzmq).
   */
  maxMetadataProperties: number;
  /**
   * Connections to one bound endpoint that may be in their handshake at once, from 1; where there is one more, the oldest is
   * disconnected (`handshake:error:protocol`, violation `handshake-evicted`). Default 1024 (next; not in libzmq).
   */
  maxHandshakes: number;
  /**
   * Parts of a received message, from 1; a peer that sends more is disconnected (`disconnect`, violation `message-parts`).
   * What is sent has 65536 at most in any case. Default 65536 (next; not in libzmq).
   */
  maxMessageParts: number;
  /**
   * Messages of one peer that are decoded before other peers, timers and the program have their turn, from 1; each command,
   * and each part of a message, counts as one. A peer that is the only one has eight times as much. Nothing is lost by it, and
   * order is kept. Default 1000 (next; not in libzmq).
   */
  maxTurnMessages: number;
  /** As `maxTurnMessages`, in bytes, from 1024. Default 1048576, 1 MiB (next; not in libzmq). */
  maxTurnBytes: number;
  /** The time between heartbeats, in ms; 0 none, the default (next; ZMQ_HEARTBEAT_IVL). */
  heartbeatInterval: number;
  /** The silence after which the peer shall drop us, in ms, in steps of 100; 0 no wish, the default (next; ZMQ_HEARTBEAT_TTL). */
  heartbeatTimeToLive: number;
  /** The silence after a heartbeat that ends the connection, in ms; -1 as heartbeatInterval, the default (next; ZMQ_HEARTBEAT_TIMEOUT). */
  heartbeatTimeout: number;
  /** The time an attempt to connect may take, in ms; 0 the system's default (next; ZMQ_CONNECT_TIMEOUT). */
  connectTimeout: number;
  /** Kept and read back, without effect: there are no I/O threads. Default 0 (ZMQ_AFFINITY). */
  affinity: number;
  /** Kept and read back, without effect: for multicast transports. In kbit/s; default 100 (ZMQ_RATE). */
  rate: number;
  /** Kept and read back, without effect: for multicast transports. In ms; default 10000 (ZMQ_RECOVERY_IVL). */
  recoveryInterval: number;
  /** Kept and read back, without effect: for multicast transports. In bytes; default 1500 (ZMQ_MULTICAST_MAXTPDU). */
  multicastMaxTransportDataUnit: number;
  /** Kept and read back, without effect: Node sends 10 keep-alive probes. -1 the system's default (ZMQ_TCP_KEEPALIVE_CNT). */
  tcpKeepaliveCount: number;
  /** Kept and read back, without effect: Node sends keep-alive probes each second. -1 the system's default (ZMQ_TCP_KEEPALIVE_INTVL). */
  tcpKeepaliveInterval: number;
  /** Kept and read back, without effect: Node cannot set it; heartbeats do as much. In ms; default 0 (ZMQ_TCP_MAXRT). */
  tcpMaxRetransmitTimeout: number;
  /** Kept and read back, without effect: Node cannot set it. Default 0 (ZMQ_TOS). */
  typeOfService: number;
  /** Kept and read back, without effect: bind to the interface's address instead. Default null (ZMQ_BINDTODEVICE). */
  interface: string | null;
  /** Kept and read back, without effect. Default false (ZMQ_LOOPBACK_FASTPATH). */
  loopbackFastPath: boolean;
  /** Answers PLAIN handshakes, as the server, and so selects PLAIN; false selects NULL again. Default false (next; ZMQ_PLAIN_SERVER). */
  plainServer: boolean;
  /**
   * The user name for PLAIN, 1 to 255 bytes; selects PLAIN, as a client. null selects NULL again, and keeps the name.
   * Default null (next; ZMQ_PLAIN_USERNAME).
   */
  plainUsername: string | null;
  /**
   * The password for PLAIN, 1 to 255 bytes; selects PLAIN, as a client. null selects NULL again, and keeps the password.
   * Default null (next; ZMQ_PLAIN_PASSWORD).
   */
  plainPassword: string | null;
  /** Answers CURVE handshakes, as the server, and so selects CURVE; false selects NULL again. Default false (next; ZMQ_CURVE_SERVER). */
  curveServer: boolean;
  /**
   * This side's public key: 40 characters of Z85 or 32 bytes, read back as Z85; selects CURVE. null cannot be set and is
   * the default (next; ZMQ_CURVE_PUBLICKEY).
   */
  curvePublicKey: string | null;
  /** This side's secret key, in the same forms; selects CURVE. Default null (next; ZMQ_CURVE_SECRETKEY). */
  curveSecretKey: string | null;
  /** The public key of the server to connect to, in the same forms; selects CURVE, as a client. Default null (next; ZMQ_CURVE_SERVERKEY). */
  curveServerKey: string | null;
  /** The name under which peers are authenticated by ZAP, 1 to 255 bytes. Default null (next; ZMQ_ZAP_DOMAIN). */
  zapDomain: string | null;
  /** With a `zapDomain`: refuse every peer while nobody answers for ZAP. Default false (next; ZMQ_ZAP_ENFORCE_DOMAIN). */
  zapEnforceDomain: boolean;
  /** The SOCKS5 proxy through which tcp:// connects, as `host:port`; null for none, the default (next; ZMQ_SOCKS_PROXY). */
  socksProxy: string | null;
  /**
   * Adds an address, or a network as `address/bits`, from which a bound tcp:// endpoint accepts peers; null takes all of
   * them away, and peers from anywhere are accepted, the default. IPv6 needs `ipv6`. Reading it throws EINVAL (next;
   * ZMQ_TCP_ACCEPT_FILTER).
   */
  tcpAcceptFilter: string | null;
  /** Not available, as in the prebuilt zeromq.js: EINVAL, read or set (ZMQ_VMCI_BUFFER_SIZE). */
  vmciBufferSize: number;
  /** Not available, as in the prebuilt zeromq.js: EINVAL, read or set (ZMQ_VMCI_BUFFER_MIN_SIZE). */
  vmciBufferMinSize: number;
  /** Not available, as in the prebuilt zeromq.js: EINVAL, read or set (ZMQ_VMCI_BUFFER_MAX_SIZE). */
  vmciBufferMaxSize: number;
  /** Not available, as in the prebuilt zeromq.js: EINVAL, read or set (ZMQ_VMCI_CONNECT_TIMEOUT). */
  vmciConnectTimeout: number;
  /** Declared by zeromq.js for builds with GSSAPI, and absent as in its prebuilt one: reads as undefined, setting is a TypeError. */
  gssapiServer: boolean;
  /** Absent, as `gssapiServer`. */
  gssapiPrincipal: string | null;
  /** Absent, as `gssapiServer`. */
  gssapiServicePrincipal: string | null;
  /** Absent, as `gssapiServer`. */
  gssapiPlainText: boolean;
  /** Absent, as `gssapiServer`. */
  gssapiPrincipalNameType: 'hostBased' | 'userName' | 'krb5Principal';
  /** Absent, as `gssapiServer`. */
  gssapiServicePrincipalNameType: 'hostBased' | 'userName' | 'krb5Principal';
}
