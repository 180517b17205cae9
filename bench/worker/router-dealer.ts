// DEALER → ROUTER → DEALER: N DEALER sockets of one process keep `window` requests each in flight, the ROUTER echoes.
// The dealers' process measures the echoes of all of them together.

import { emit, go, integer, now, type Params, type Role, text, type ZeroMQ } from './parent.js';

export const router: Role = async (zmq, params) => {
  const socket = new zmq.Router();
  await socket.bind(text(params, 'endpoint'));
  emit({ event: 'ready', endpoint: socket.lastEndpoint! });
  for await (const message of socket) await socket.send(message);
};

export const dealer: Role = async (zmq, params) => {
  const body = Buffer.alloc(integer(params, 'size'), 0x5a);
  const sockets = Array.from({ length: integer(params, 'peers') }, () => new zmq.Dealer());
  // One echo each first: whoever is still connecting would be missing among those in flight.
  await Promise.all(sockets.map((socket) => introduce(socket, text(params, 'endpoint'), body)));
  emit({ event: 'ready' });
  await go;
  const tally = new EchoTally(params);
  const window = integer(params, 'window');
  await Promise.all(sockets.map((socket) => converse(socket, body, window, tally)));
};

type Dealer = InstanceType<ZeroMQ['Dealer']>;

async function introduce(socket: Dealer, endpoint: string, body: Buffer): Promise<void> {
  socket.connect(endpoint);
  await socket.send(body);
  await socket.receive();
}

async function converse(socket: Dealer, body: Buffer, window: number, tally: EchoTally): Promise<void> {
  for (let ahead = window; ahead > 0; ahead--) await socket.send(body);
  for await (const [echo] of socket) {
    if (echo.length !== body.length) throw new Error(`received ${echo.length} bytes instead of ${body.length}`);
    if (tally.add()) await socket.send(body);
  }
}

/** Counts echoes over all peers; reports after the last counted one. */
export class EchoTally {
  readonly #warmup: number;
  readonly #count: number;
  #echoes = 0;
  #start = 0;

  constructor(params: Params) {
    this.#warmup = integer(params, 'warmup');
    this.#count = integer(params, 'count');
  }

  /** False when enough have come. */
  add(): boolean {
    this.#echoes++;
    if (this.#echoes === this.#warmup) this.#start = now();
    else if (this.#echoes === this.#warmup + this.#count) {
      const seconds = now() - this.#start;
      emit({ event: 'result', values: { seconds, messages: this.#count / seconds } });
    }
    return this.#echoes < this.#warmup + this.#count;
  }
}
