// What options do that have no property in zeromq.js, or do nothing but to refuse: security that cannot work,
// secrets in errors, and the options that programs set by their libzmq number.

import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  Context,
  curveKeyPair,
  Dealer,
  Publisher,
  Pull,
  Push,
  Request,
  Router,
  type Socket,
  Stream,
  Subscriber,
  XPublisher,
} from '../../src/index.js';
import { settle } from '../support/virtual-clock.js';
import { eventsOf, World } from '../support/world.js';

interface ByNumber {
  setBoolOption(id: number, value: boolean): void;
  setInt32Option(id: number, value: number): void;
  setStringOption(id: number, value: string | Buffer | null): void;
  getInt32Option(id: number): number;
}
const byNumber = (socket: Socket): ByNumber => socket as unknown as ByNumber;
const CONNECT_ROUTING_ID = 61;
const METADATA = 95;
const ROUTER_NOTIFY = 97;
const MANUAL_LAST_VALUE = 98;
const RECONNECT_STOP = 109;
const HELLO = 110;
const DISCONNECTED = 111;
const HICCUP = 114;
const TOPICS_COUNT = 116;

const keys = curveKeyPair();
const SECRETS = ['hunter2-hunter2', keys.secretKey];

describe('keys', () => {
  const other = curveKeyPair();
  const { publicKey: curvePublicKey, secretKey: curveSecretKey } = keys;
  const WAYS: [what: string, options: object, missing: string][] = [
    ['a server without its secret key', { curveServer: true }, 'a CURVE server needs a curveSecretKey'],
    ['a client without any but the server’s', { curveServerKey: other.publicKey }, 'needs a curveSecretKey'],
    ['a client without the server’s', { curvePublicKey, curveSecretKey }, 'needs a curveServerKey'],
    [
      'a client with keys that do not belong together',
      { curvePublicKey: other.publicKey, curveSecretKey, curveServerKey: other.publicKey },
      'curvePublicKey is not the public key of curveSecretKey',
    ],
  ];

  it.each(WAYS)('%s: bind and connect are EINVAL, and say what is missing', async (_, options, missing) => {
    const world = new World();
    const socket = world.open(Dealer, options);
    expect(socket.securityMechanism).toBe('curve');
    const refusal = { code: 'EINVAL', message: 'Invalid argument', detail: expect.stringContaining(missing) };
    expect(() => socket.connect('mem://a')).toThrow(expect.objectContaining({ ...refusal, address: 'mem://a' }));
    await expect(socket.bind('mem://a')).rejects.toMatchObject({ ...refusal, address: 'mem://a' });
    expect(() => socket.bindSync('mem://a')).toThrow(expect.objectContaining(refusal));
    await settle();
    expect(() => world.network.dial('a')).toThrow('nobody listens');
  });

  it('are nothing to peers in the same process, nor to STREAM, as in libzmq', async () => {
    const world = new World();
    const socket = world.open(Dealer, { curveServer: true });
    await socket.bind('inproc://a');
    await world.open(Stream, { curveServer: true }).bind('mem://a');
  });

  it('of a server need not include its public one, and that is not looked at', async () => {
    for (const more of [{}, { curvePublicKey: other.publicKey }]) {
      await new World().open(Dealer, { curveServer: true, curveSecretKey, ...more }).bind('mem://a');
    }
  });

  it('are not asked for once NULL is selected again', async () => {
    const socket = new World().open(Dealer, { plainUsername: 'me', zapDomain: 'global' });
    socket.plainUsername = null;
    await socket.bind('mem://a');
    expect([socket.securityMechanism, socket.lastEndpoint]).toEqual([null, 'mem://a']);
  });

  it('no error and no picture of a socket shows a secret', () => {
    const shown: string[] = [];
    const socket = new World().open(Dealer, { plainPassword: SECRETS[0]!, curveSecretKey: SECRETS[1]! });
    shown.push(inspect(socket, { depth: 9, showHidden: true }), JSON.stringify(socket));
    const bad: [name: string, value: unknown][] = [
      ['plainPassword', [SECRETS[0]]],
      ['plainPassword', SECRETS[0]!.repeat(40)],
      ['plainUsername', { secret: SECRETS[0] }],
      ['curveSecretKey', `${SECRETS[1]}00`],
      ['curveSecretKey', `~${SECRETS[1]!.slice(1)}`],
      ['curveSecretKey', { key: SECRETS[1] }],
    ];
    for (const [name, value] of bad) {
      try {
        Object.assign(socket, { [name]: value });
        expect.unreachable(name);
      } catch (error) {
        shown.push(inspect(error, { showHidden: true }));
      }
    }
    expect(shown).toHaveLength(8);
    for (const text of shown) {
      for (const secret of SECRETS) expect(text).not.toContain(secret.slice(1, 12));
    }
  });
});

describe('routing ids of any bytes', () => {
  const ID = Buffer.from([1, 0, 0xff, 0]);

  it('are sent whole, and read as bytes', async () => {
    const world = new World();
    const [router, dealer] = [world.open(Router), world.open(Dealer, { routingId: ID })];
    expect([dealer.routingIdBytes, world.open(Dealer).routingIdBytes]).toEqual([ID, null]);
    expect(dealer.routingId).toBe(ID.toString());
    dealer.routingIdBytes!.fill(7);
    expect(dealer.routingIdBytes).toEqual(ID);
    await world.join(dealer, router);
    await dealer.send('hello');
    expect((await router.receive())[0]).toEqual(ID);
  });

  it('for one connect are taken once, by a ROUTER and a STREAM', async () => {
    const world = new World();
    const router = world.open(Router, { mandatory: true });
    await world.open(Dealer).bind('mem://a');
    await world.open(Dealer).bind('mem://b');
    byNumber(router).setStringOption(CONNECT_ROUTING_ID, ID);
    router.connect('mem://a');
    router.connect('mem://b');
    await world.clock.advance(0);
    await router.send([ID, 'to a']);
    byNumber(router).setStringOption(CONNECT_ROUTING_ID, ID);
    expect(() => router.connect('mem://c')).toThrow(
      expect.objectContaining({ code: 'EADDRINUSE', address: 'mem://c' }),
    );
    router.connect('mem://c');
    expect(() => byNumber(world.open(Stream)).setStringOption(CONNECT_ROUTING_ID, ID)).not.toThrow();
    expect(() => byNumber(world.open(Dealer)).setStringOption(CONNECT_ROUTING_ID, ID)).toThrow('Invalid argument');
  });
});

describe('options by number', () => {
  it('ZMQ_METADATA goes out in READY, the first value of a name', async () => {
    const world = new World();
    const [pull, push] = [world.open(Pull), world.open(Push)];
    for (const property of ['X-b:1', 'X-a:two:three', 'X-B:again']) byNumber(push).setStringOption(METADATA, property);
    for (const bad of ['nocolon', 'X-:', 'x', 'Identity:me', 'X-é:1', null]) {
      expect(() => byNumber(push).setStringOption(METADATA, bad)).toThrow('Invalid argument');
    }
    await world.join(push, pull);
    expect(Object.fromEntries(pull.peers[0]!.properties)).toMatchObject({
      'x-a': Buffer.from('two:three'),
      'x-b': Buffer.from('1'),
    });
  });

  it('ZMQ_ROUTER_NOTIFY shows connects and disconnects, ZMQ_DISCONNECT_MSG says what it was given', async () => {
    const world = new World();
    const router = world.open(Router);
    await router.bind('mem://a');
    byNumber(router).setInt32Option(ROUTER_NOTIFY, 3);
    byNumber(router).setStringOption(DISCONNECTED, 'gone');
    const peer = await world.peer('a', 'DEALER', 'me');
    expect(await router.receive()).toEqual([Buffer.from('me'), Buffer.alloc(0)]);
    peer.stream.destroy();
    await settle();
    expect(await router.receive()).toEqual([Buffer.from('me'), Buffer.alloc(0)]);
    expect((await router.receive()).map(String)).toEqual(['me', 'gone']);
    expect(router.readable).toBe(false);
  });

  it('ZMQ_HELLO_MSG greets each peer of a DEALER and a ROUTER, and none of a REQ', async () => {
    const world = new World();
    for (const [type, name, expected] of [
      [Dealer, 'a', ['hello']],
      [Router, 'b', ['hello']],
      [Request, 'c', []],
    ] as const) {
      const socket = world.open<Socket, object>(type);
      byNumber(socket).setStringOption(HELLO, 'hello');
      await socket.bind(`mem://${name}`);
      const peer = await world.peer(name, type === Request ? 'REP' : 'DEALER', 'me');
      expect(peer.messages()).toEqual(expected);
    }
  });

  it('ZMQ_HICCUP_MSG tells a DEALER that a peer it connected to is lost', async () => {
    const world = new World();
    const peers = world.serve('a', 'ROUTER');
    const dealer = world.open(Dealer);
    byNumber(dealer).setStringOption(HICCUP, 'hiccup');
    dealer.connect('mem://a');
    await world.clock.advance(0);
    peers[0]!.stream.destroy();
    expect((await dealer.receive()).map(String)).toEqual(['hiccup']);
  });

  it('ZMQ_RECONNECT_STOP ends after a failed handshake', async () => {
    const world = new World();
    for (const [stop, again] of [
      [2, false],
      [0, true],
    ] as const) {
      const peers = world.serve(`stop-${stop}`);
      const dealer = world.open(Dealer);
      byNumber(dealer).setInt32Option(RECONNECT_STOP, stop);
      const log = eventsOf(dealer);
      dealer.connect(`mem://stop-${stop}`);
      await world.clock.advance(0);
      peers[0]!.stream.destroy();
      await settle();
      await world.clock.advance(1000);
      expect(log.some((event) => event.startsWith('connect:retry'))).toBe(again);
    }
  });

  it('ZMQ_XPUB_MANUAL_LAST_VALUE sends the next message to the newest subscriber alone', async () => {
    const world = new World();
    const xpub = world.open(XPublisher);
    await xpub.bind('mem://a');
    byNumber(xpub).setBoolOption(MANUAL_LAST_VALUE, true);
    const [one, two] = [world.open(Subscriber), world.open(Subscriber)];
    for (const sub of [one, two]) {
      sub.connect('mem://a');
      sub.subscribe('t');
      await world.clock.advance(0);
      await xpub.receive();
      byNumber(xpub).setStringOption(6, 't');
      await xpub.send(sub === one ? 't for one' : 't for two');
    }
    await xpub.send('t for both');
    const texts = async (sub: Subscriber): Promise<string[]> => [
      String(await sub.receive()),
      String(await sub.receive()),
    ];
    expect([await texts(one), await texts(two)]).toEqual([
      ['t for one', 't for both'],
      ['t for two', 't for both'],
    ]);
    expect(byNumber(xpub).getInt32Option(TOPICS_COUNT)).toBe(1);
  });

  it('ZMQ_TOPICS_COUNT of a PUB counts topics, whoever has them', async () => {
    const world = new World();
    const pub = world.open(Publisher);
    await pub.bind('mem://a');
    const peers = [await world.peer('a', 'SUB'), await world.peer('a', 'SUB')];
    for (const peer of peers) for (const topic of ['a', 'b']) peer.say(`\x01${topic}`);
    await settle();
    expect(byNumber(pub).getInt32Option(TOPICS_COUNT)).toBe(2);
    peers[0]!.stream.destroy();
    await settle();
    expect(byNumber(pub).getInt32Option(TOPICS_COUNT)).toBe(2);
    peers[1]!.stream.destroy();
    await settle();
    expect(byNumber(pub).getInt32Option(TOPICS_COUNT)).toBe(0);
  });
});

describe('a Context', () => {
  it('takes its options as properties, and by number', () => {
    const context = new Context({ ioThreads: 3, maxMessageSize: 7, threadPriority: 1, threadSchedulingPolicy: 1 });
    expect(context).toMatchObject({ ioThreads: 3, maxMessageSize: 7, maxSocketsLimit: 65_535, maxSockets: 1023 });
    expect([context.threadPriority, context.threadSchedulingPolicy]).toEqual([undefined, undefined]);
    const push = new Push({ context, linger: 0 });
    onTestFinished(() => push.close());
    // As in libzmq: the limit of a context is no socket's.
    expect(push.maxMessageSize).toBe(-1);
  });

  it('whose maxSockets grows has room at once', () => {
    const context = new Context({ maxSockets: 1 });
    const sockets = [new Push({ context })];
    expect(() => new Push({ context })).toThrow(expect.objectContaining({ code: 'EMFILE' }));
    context.maxSockets = 2;
    sockets.push(new Push({ context }));
    for (const socket of sockets) socket.close();
  });
});
