// A SOCKS5 proxy (RFC 1928, RFC 1929) for tests: remembers what it is asked, and does it, or what it is told to do instead.
// It needs nothing of Vitest, so that other processes can have one, too.

import * as net from 'node:net';

export interface SocksServer {
  readonly address: string;
  /** What clients have sent in the negotiation, as hex, in order. */
  readonly asked: string[];
  close(): void;
}

export interface SocksBehaviour {
  /** The method to choose, 0 by default; 2 asks for a password, which is `status` right. */
  readonly method?: number;
  readonly status?: number;
  /** The code of the reply; 0 by default, which connects. */
  readonly code?: number;
  /** Sent in place of the reply. */
  readonly reply?: Buffer;
  /** Where to connect to, whatever is asked for. */
  readonly target?: number;
  /** Every byte of the proxy's own in a packet of its own. */
  readonly dribble?: boolean;
}

export function socksServer(behaviour: SocksBehaviour = {}): Promise<SocksServer> {
  const asked: string[] = [];
  const sockets: net.Socket[] = [];
  const server = net.createServer({ noDelay: true }, (client) => {
    sockets.push(client);
    client.on('error', () => {});
    void serve(client, behaviour, asked, sockets).catch(() => client.destroy());
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      const close = (): void => {
        server.close();
        for (const socket of sockets) socket.destroy();
      };
      resolve({ address: `127.0.0.1:${port}`, asked, close });
    });
  });
}

async function serve(
  client: net.Socket,
  behaviour: SocksBehaviour,
  asked: string[],
  sockets: net.Socket[],
): Promise<void> {
  const { method = 0, status = 0, code = 0, target } = behaviour;
  const tell = async (bytes: Buffer): Promise<void> => {
    if (behaviour.dribble !== true) client.write(bytes);
    else
      for (const byte of bytes) {
        client.write(Buffer.from([byte]));
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
  };
  const greeting = await take(client, 2);
  asked.push(Buffer.concat([greeting, await take(client, greeting[1] as number)]).toString('hex'));
  await tell(Buffer.from([5, method]));
  if (method === 2) {
    const parts = [await take(client, 2)];
    parts.push(await take(client, parts[0]?.[1] as number), await take(client, 1));
    parts.push(await take(client, parts[2]?.[0] as number));
    asked.push(Buffer.concat(parts).toString('hex'));
    await tell(Buffer.from([1, status]));
  }
  const head = await take(client, 5);
  const rest = { 1: 3, 3: head[4] as number, 4: 15 }[head[3] as 1 | 3 | 4];
  const tail = await take(client, rest + 2);
  asked.push(Buffer.concat([head, tail]).toString('hex'));
  await tell(behaviour.reply ?? Buffer.from([5, code, 0, 1, 127, 0, 0, 1, 0, 0]));
  if (code !== 0 || behaviour.reply !== undefined) return;
  const remote = net.connect(target ?? tail.readUInt16BE(rest), '127.0.0.1');
  sockets.push(remote);
  remote.on('error', () => client.destroy());
  remote.on('close', () => client.destroy());
  client.on('close', () => remote.destroy());
  client.pipe(remote).pipe(client);
}

/** Exactly so many bytes. */
async function take(socket: net.Socket, count: number): Promise<Buffer> {
  if (count === 0) return Buffer.alloc(0);
  for (;;) {
    const bytes = socket.read(count) as Buffer | null;
    if (bytes !== null) return bytes;
    await new Promise((resolve, reject) => {
      socket.once('readable', resolve);
      socket.once('close', () => reject(new Error('the client has gone')));
    });
  }
}
