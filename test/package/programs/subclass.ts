import { type Message, type MessageLike, Reply, Request, Socket } from 'zeromq';

class Client extends Request {
  constructor(endpoint: string) {
    super({ receiveTimeout: 5000, correlate: true, relaxed: true });
    this.connect(endpoint);
  }

  async ask(...frames: MessageLike[]): Promise<Message[]> {
    await this.send(frames);
    return this.receive();
  }
}

class Server extends Reply {
  hwm(): number {
    return this.getInt32Option(23);
  }

  async serve(): Promise<void> {
    for await (const frames of this) await this.send([...frames].reverse());
  }
}

async function main(): Promise<void> {
  const server = new Server({ sendHighWaterMark: 7 });
  await server.bind('inproc://server');
  const serving = server.serve();
  const client = new Client('inproc://server');
  console.log((await client.ask('a', 1, null)).map(String), server.hwm(), client instanceof Socket);
  server.close();
  await serving;
}

void main();
