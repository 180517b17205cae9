// What STREAM sockets do with plain TCP programs: the cases that stream.test.ts runs on both libraries.

import * as net from 'node:net';
import type { Stream } from 'zeromq';
import { type Cases, did, type Library, settle } from '../../support/cases.js';

type Id = Buffer;

/** A bound socket, a plain client of its, and the client's routing id. */
async function served(zmq: Library, options: object = {}): Promise<{ stream: Stream; client: net.Socket; id: Id }> {
  const stream = new zmq.Stream({ linger: 0, receiveTimeout: 2000, sendTimeout: 300, ...options });
  await stream.bind('tcp://127.0.0.1:*');
  const client = net.connect(portOf(stream), '127.0.0.1');
  client.on('error', () => {});
  const [id] = await stream.receive();
  return { stream, client, id };
}

function portOf(stream: Stream): number {
  return Number(stream.lastEndpoint?.split(':').pop());
}

/** A socket that has dialled a plain server. */
async function dialling(
  zmq: Library,
  behave: (peer: net.Socket) => void,
  connectOptions: { routingId?: string } = {},
): Promise<{ stream: Stream; endpoint: string; peers: net.Socket[]; close: () => void }> {
  const peers: net.Socket[] = [];
  const server = net.createServer((peer) => {
    peer.on('error', () => {});
    peers.push(peer);
    behave(peer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `tcp://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  const stream = new zmq.Stream({ linger: 0, receiveTimeout: 2000, sendTimeout: 300, reconnectInterval: 20 });
  stream.connect(endpoint, connectOptions);
  const close = (): void => {
    stream.close();
    server.close();
    for (const peer of peers) peer.destroy();
  };
  return { stream, endpoint, peers, close };
}

/** What is to be received now, ids written as `id` where they are the one given. */
async function received(stream: Stream, id?: Id): Promise<unknown> {
  stream.receiveTimeout = 200;
  const pictured = ([from, data]: readonly [Buffer, Buffer]): string[] => [
    id?.equals(from) ? 'id' : from.toString('latin1'),
    data.toString('latin1'),
  ];
  const answer = await did(async () => pictured(await stream.receive()));
  stream.receiveTimeout = 2000;
  return answer;
}

function textOf(socket: net.Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  return new Promise((resolve) => socket.on('close', () => resolve(text)));
}

export const cases: Cases = {
  'the properties of a new socket': async (zmq) => {
    const stream = new zmq.Stream();
    const { type, notify, readable, writable, lastEndpoint, linger } = stream;
    stream.close();
    return [type, typeof notify, readable, writable, lastEndpoint, linger];
  },

  'a peer that comes, talks and leaves': async (zmq) => {
    const { stream, client, id } = await served(zmq);
    client.write('hello');
    const talk = await received(stream, id);
    client.end();
    const end = await received(stream, id);
    // libzmq forgets a peer when somebody looks for more of it.
    await received(stream);
    const send = await did(() => stream.send([id, 'x']));
    stream.close();
    return [id.length, id[0], talk, end, send];
  },

  'a peer that resets its connection': async (zmq) => {
    const { stream, client, id } = await served(zmq);
    client.resetAndDestroy();
    const end = await received(stream, id);
    stream.close();
    return end;
  },

  'ids that count up': async (zmq) => {
    const { stream, id } = await served(zmq);
    net.connect(portOf(stream), '127.0.0.1').on('error', () => {});
    const [next] = await stream.receive();
    stream.close();
    return (next.readUInt32BE(1) - id.readUInt32BE(1)) >>> 0;
  },

  'notify false: neither coming nor leaving is told': async (zmq) => {
    const stream = new zmq.Stream({ linger: 0, notify: false, receiveTimeout: 2000 });
    await stream.bind('tcp://127.0.0.1:*');
    const client = net.connect(portOf(stream), '127.0.0.1').on('error', () => {});
    const nothing = await received(stream);
    client.write('hi');
    const [id, data] = await stream.receive();
    client.end();
    const end = await received(stream);
    stream.close();
    return [nothing, id.length, data.toString(), end];
  },

  'an empty part closes the peer, after what was sent before': async (zmq) => {
    const { stream, client, id } = await served(zmq);
    const text = textOf(client);
    const sends = [
      await did(() => stream.send([id, 'one'])),
      await did(() => stream.send([id, 'two'])),
      await did(() => stream.send([id, ''])),
    ];
    // libzmq ends a peer when somebody looks for more of it.
    const result = [sends, await received(stream, id), await text];
    for (const data of ['three', '']) result.push(await did(() => stream.send([id, data])));
    stream.close();
    return result;
  },

  'what a peer brought before it was closed can be received': async (zmq) => {
    const { stream, client, id } = await served(zmq);
    client.write('unread');
    await settle();
    await stream.send([id, null]);
    const after = await received(stream, id);
    stream.close();
    return after;
  },

  'an unknown routing id': async (zmq) => {
    const stream = new zmq.Stream({ linger: 0 });
    await stream.bind('tcp://127.0.0.1:*');
    const result = [await did(() => stream.send(['nobody', 'x'])), await did(() => stream.send(['nobody', '']))];
    stream.close();
    return result;
  },

  'pieces of at most 8192 bytes': async (zmq) => {
    const { stream, client } = await served(zmq);
    client.write(Buffer.alloc(100_000));
    let largest = 0;
    for (let bytes = 0; bytes < 100_000; ) {
      const [, data] = await stream.receive();
      bytes += data.length;
      largest = Math.max(largest, data.length);
    }
    stream.close();
    return largest;
  },

  'a routing id given to connect, and sends before there is a connection': async (zmq) => {
    const { stream, peers, close } = await dialling(zmq, (peer) => peer.write('welcome'), { routingId: 'server' });
    await stream.send(['server', 'early']);
    const result = [await received(stream), await received(stream)];
    const text = textOf(peers[0] as net.Socket);
    await settle();
    close();
    result.push(await text);
    return result;
  },

  'a dialled peer that leaves is dialled again, under its id': async (zmq) => {
    const { stream, peers, close } = await dialling(zmq, (peer) => peer.write('welcome'));
    const [id] = await stream.receive();
    const first = await received(stream, id);
    peers[0]?.end('bye');
    const rest = [await received(stream, id), await received(stream, id)];
    const again = [await received(stream, id), await received(stream, id)];
    close();
    return [id.length, first, rest, again];
  },

  'a dialled peer that we close is not dialled again, and can be disconnected': async (zmq) => {
    const { stream, endpoint, peers, close } = await dialling(zmq, () => {});
    const [id] = await stream.receive();
    await stream.send([id, '']);
    await settle();
    const result = [peers.length, await received(stream, id), await did(() => stream.send([id, 'x']))];
    result.push(await did(() => stream.disconnect(endpoint)));
    close();
    return result;
  },

  'disconnect, of a peer that is there': async (zmq) => {
    const { stream, endpoint, close } = await dialling(zmq, () => {});
    const [id] = await stream.receive();
    const result = [await did(() => stream.disconnect(endpoint))];
    await settle();
    result.push(await received(stream, id), await did(() => stream.send([id, 'x'])));
    close();
    return result;
  },

  'two connections to one endpoint': async (zmq) => {
    const { stream, endpoint, close } = await dialling(zmq, () => {});
    stream.connect(endpoint);
    const [one] = await stream.receive();
    const [two] = await stream.receive();
    close();
    return one.equals(two);
  },

  'the high-water mark of an absent peer': async (zmq) => {
    const stream = new zmq.Stream({ linger: 0, sendTimeout: 50, sendHighWaterMark: 2 });
    stream.connect('tcp://127.0.0.1:1', { routingId: 'a' });
    const sends: unknown[] = [];
    for (let i = 0; i < 4; i++) sends.push(await did(() => stream.send(['a', `x${i}`])));
    const { writable } = stream;
    stream.close();
    return [...sends, writable];
  },

  'unbind ends the peers': async (zmq) => {
    const { stream, client, id } = await served(zmq);
    const closed = new Promise((resolve) => client.on('close', () => resolve('closed')));
    client.resume();
    await stream.unbind(stream.lastEndpoint as string);
    // libzmq ends a peer when somebody looks for more of it.
    const result = [await received(stream, id), await closed];
    stream.close();
    return result;
  },
};
