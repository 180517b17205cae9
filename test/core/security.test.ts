// Sockets that speak PLAIN and CURVE, over a network in memory: who gets in, what events tell, what happens after a reconnect,
// and what nobody sees. Peers on real networks, libzmq's among them, are in test/interop.

import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  Context,
  capability,
  curveKeyPair,
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  type Socket,
  Subscriber,
  XPublisher,
} from '../../src/index.js';
import { z85Decode } from '../../src/security/z85.js';
import { clientGreeting, TwinClient } from '../support/curve.js';
import { MemoryNetwork } from '../support/memory-transport.js';
import { settle, VirtualClock } from '../support/virtual-clock.js';
import * as wire from '../support/wire.js';
import { eventsOf, World } from '../support/world.js';

const server = curveKeyPair();
const client = curveKeyPair();
const SERVER = { curveServer: true, curveSecretKey: server.secretKey };
const CLIENT = {
  curveServerKey: server.publicKey,
  curvePublicKey: client.publicKey,
  curveSecretKey: client.secretKey,
};
const anybody = { authenticator: () => true };

/** A world whose network can be overheard. */
function overheard(): World {
  const world = new World();
  world.network.tap = [];
  return world;
}

/** Until the library is loaded, work done, and everybody answered. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await settle();
}

const established = (...sockets: Socket[]) => until(() => sockets.every(({ peers }) => peers.length > 0));

describe('CURVE', () => {
  it('is there', () => {
    expect(capability.curve).toBe(true);
  });

  it.each([
    ['REQ to REP', Request, Reply],
    ['PUSH to PULL', Push, Pull],
    ['DEALER to ROUTER', Dealer, Router],
    ['PAIR to PAIR', Pair, Pair],
  ] as const)('joins %s, whichever side binds', async (_, Sender, Receiver) => {
    for (const serverBinds of [true, false]) {
      const world = new World();
      const sender = world.open(Sender as typeof Push, CLIENT);
      const receiver = world.open(Receiver as typeof Pull, SERVER);
      const [binds, connects] = serverBinds ? [receiver, sender] : [sender, receiver];
      await binds.bind('mem://a');
      connects.connect('mem://a');
      await sender.send(['sealed', 'message']);
      expect((await receiver.receive()).map(String).slice(-2)).toEqual(['sealed', 'message']);
      expect([sender.securityMechanism, receiver.securityMechanism]).toEqual(['curve', 'curve']);
    }
  });

  it('nothing of a message, nor of what is announced, travels in the clear', async () => {
    const world = overheard();
    const push = world.open(Push, { ...CLIENT, properties: { 'X-Who': 'a-property' } });
    const pull = world.open(Pull, SERVER);
    await world.join(push, pull);
    await push.send('a-secret-message');
    await pull.receive();
    const bytes = world.network.carried;
    for (const text of ['a-secret-message', 'a-property', 'Socket-Type', 'PUSH'])
      expect(bytes.includes(text)).toBe(false);
    for (const key of [server.secretKey, client.secretKey, client.publicKey]) {
      expect(bytes.includes(z85Decode(key))).toBe(false);
    }
    expect(bytes.includes('MESSAGE')).toBe(true);
  });

  it('V16 subscriptions go through it, and go again with other keys after a reconnect', async () => {
    const world = overheard();
    const xpub = world.open(XPublisher, SERVER);
    const sub = world.open(Subscriber, { ...CLIENT, reconnectInterval: 1 });
    sub.subscribe('a', 'b');
    await xpub.bind('mem://a');
    sub.connect('mem://a');
    expect((await xpub.receive()).map(String)).toEqual(['\x01a']);
    expect((await xpub.receive()).map(String)).toEqual(['\x01b']);
    const hellos = (): Buffer[] => everyHello(world.network.carried);
    expect(hellos()).toHaveLength(1);
    xpub.peers[0]!.disconnect();
    await world.clock.advance(10);
    await until(() => hellos().length === 2);
    const shown: string[] = [];
    while (shown.length < 4) shown.push(String(await xpub.receive()));
    expect(shown.sort()).toEqual(['\0a', '\0b', '\x01a', '\x01b']);
    expect(new Set(hellos().map((hello) => hello.toString('hex'))).size).toBe(2);
    await xpub.send('b again');
    expect(String(await sub.receive())).toBe('b again');
  });

  it('V16 heartbeats go through it', async () => {
    const world = overheard();
    const heartbeat = { heartbeatInterval: 10, heartbeatTimeout: 30 };
    const pub = world.open(Publisher, { ...SERVER, ...heartbeat });
    const sub = world.open(Subscriber, { ...CLIENT, ...heartbeat });
    sub.subscribe();
    await world.join(sub, pub);
    await established(pub, sub);
    const events = eventsOf(pub);
    await world.clock.advance(500);
    expect(events).toEqual([]);
    expect(world.network.carried.includes('PING')).toBe(false);
  });

  it('a message that was changed on its way ends that connection, tells so, and the next one works', async () => {
    const world = new World();
    const pull = world.open(Pull, SERVER);
    const events = eventsOf(pull);
    await pull.bind('mem://a');
    const twin = new TwinClient(z85Decode(server.publicKey));
    const stream = world.network.dial('a');
    let heard: Buffer = Buffer.alloc(0);
    stream.start({
      data: (chunk) => {
        heard = Buffer.concat([heard, chunk]);
        return false;
      },
      drain: () => {},
      closed: () => {},
    });
    const frames = (): wire.WireFrame[] => wire.readFrames(heard.subarray(64));
    stream.write([clientGreeting, wire.command('HELLO', twin.hello())]);
    await until(() => frames().length === 1);
    twin.welcomed(wire.readCommand(frames()[0]!).data);
    stream.write([wire.command('INITIATE', twin.initiate())]);
    await until(() => frames().length === 2);
    const sealed = twin.traffic.frame(0, 'x');
    sealed[sealed.length - 1]! ^= 1;
    stream.write([sealed]);
    await until(() => events.at(-1)?.startsWith('disconnect') === true);
    expect(events.slice(-2)).toEqual([
      'handshake:error:protocol mem://a ERR_ZMTP_CRYPTOGRAPHIC',
      'disconnect mem://a ERR_ZMTP_CRYPTOGRAPHIC',
    ]);
    const push = world.open(Push, CLIENT);
    push.connect('mem://a');
    await push.send('fine');
    expect(String(await pull.receive())).toBe('fine');
  });

  it('the wrong server key ends in an event at the server, and the client goes on trying', async () => {
    const world = new World();
    const pull = world.open(Pull, SERVER);
    const events = eventsOf(pull);
    await pull.bind('mem://a');
    const push = world.open(Push, { ...CLIENT, curveServerKey: client.publicKey });
    const clientEvents = eventsOf(push);
    push.connect('mem://a');
    await until(() => clientEvents.some((line) => line.startsWith('connect:retry')));
    expect(events).toContain('handshake:error:protocol mem://a ERR_ZMTP_CRYPTOGRAPHIC');
    expect(clientEvents.filter((line) => line.startsWith('handshake'))).toEqual([
      'handshake:error:other mem://a EPIPE',
    ]);
  });

  it.each([
    ['NULL', {}, SERVER],
    ['PLAIN', { plainUsername: 'me' }, SERVER],
    ['CURVE', CLIENT, { plainServer: true, ...anybody }],
    ['CURVE', CLIENT, {}],
    ['PLAIN', { plainUsername: 'me' }, {}],
    ['NULL', {}, { plainServer: true, ...anybody }],
  ])('G13 a client that speaks %s is turned away by a server that does not', async (_, own, theirs) => {
    const world = new World();
    const pull = world.open(Pull, theirs);
    const events = eventsOf(pull);
    await pull.bind('mem://a');
    const push = world.open(Push, own);
    push.connect('mem://a');
    await until(() => events.some((line) => line.startsWith('handshake')));
    expect(events).toContain('handshake:error:protocol mem://a ERR_ZMTP_MECHANISM_MISMATCH');
    expect(push.peers).toEqual([]);
  });

  it('without its library is refused with an error that says so, and other sockets work', async () => {
    const network = new MemoryNetwork();
    const context = Context.over({
      clock: new VirtualClock(),
      random: () => 0,
      transports: [network.transport],
      loadCurve: () => Promise.reject(new Error('no such package')),
    });
    const warned: string[] = [];
    const note = (warning: Error): void => {
      warned.push(warning.message);
    };
    process.on('warning', note);
    const open: Socket[] = [];
    onTestFinished(() => {
      process.off('warning', note);
      for (const socket of open) socket.close();
    });
    const pull = new Pull({ ...SERVER, context, linger: 0 });
    const push = new Push({ ...CLIENT, context, linger: 0 });
    open.push(pull, push);
    const events = eventsOf(pull);
    await pull.bind('mem://a');
    push.connect('mem://a');
    await until(() => warned.length > 0);
    expect(warned).toEqual([
      expect.stringContaining('the package "libsodium-sumo" that it needs, could not be loaded: no such package'),
    ]);
    await until(() => events.some((line) => line.startsWith('disconnect')));
    expect(push.peers).toEqual([]);
    const [plainPull, plainPush] = [new Pull({ context, linger: 0 }), new Push({ context, linger: 0 })];
    open.push(plainPull, plainPush);
    await plainPull.bind('mem://b');
    plainPush.connect('mem://b');
    await plainPush.send('works');
    expect(String(await plainPull.receive())).toBe('works');
  });

  it('V18 of two hundred clients at once keeps none waiting for ever, and lets timers run between', async () => {
    const world = new World();
    const pull = world.open(Pull, SERVER);
    await pull.bind('mem://a');
    const pushes = Array.from({ length: 200 }, () => world.open(Push, CLIENT));
    for (const push of pushes) push.connect('mem://a');
    let turns = 0;
    await until(() => {
      turns++;
      return pull.peers.length === pushes.length;
    });
    // Four costly steps for each pair, sixteen a turn.
    expect(turns).toBeGreaterThan((pushes.length * 4) / 16 / 4);
  });
});

/** C′ of every HELLO that was carried. */
function everyHello(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = bytes.indexOf('\x05HELLO'); at >= 0; at = bytes.indexOf('\x05HELLO', at + 1)) {
    found.push(bytes.subarray(at + 80, at + 112));
  }
  return found;
}

describe('PLAIN', () => {
  it('shows name and password to the authenticator, which says who it is', async () => {
    const world = new World();
    const seen: unknown[] = [];
    const pull = world.open(Pull, {
      plainServer: true,
      authenticator: (request: unknown) => {
        seen.push(request);
        return { userId: 'joe' };
      },
    });
    const push = world.open(Push, { plainUsername: 'joe', plainPassword: 'hunter2' });
    await world.join(push, pull);
    await established(pull, push);
    expect(seen).toEqual([expect.objectContaining({ mechanism: 'PLAIN', username: 'joe' })]);
    expect((seen[0] as { password: string }).password).toBe('hunter2');
    expect(pull.peers[0]?.userId).toBe('joe');
  });

  it('lets nobody in where nobody decides', async () => {
    const world = new World();
    const pull = world.open(Pull, { plainServer: true });
    const events = eventsOf(pull);
    const push = world.open(Push, { plainUsername: 'joe', plainPassword: 'hunter2' });
    await world.join(push, pull);
    await until(() => events.some((line) => line.startsWith('handshake')));
    expect(events.find((line) => line.startsWith('handshake'))).toMatch(/^handshake:error/);
    expect(push.peers).toEqual([]);
  });

  it('needs neither name nor password to be there', async () => {
    const world = new World();
    const pull = world.open(Pull, { plainServer: true, ...anybody });
    for (const own of [{ plainUsername: 'joe' }, { plainPassword: 'x' }]) {
      const push = world.open(Push, own);
      push.connect('mem://a');
      if (pull.lastEndpoint === null) await pull.bind('mem://a');
      await push.send('x');
      await pull.receive();
    }
  });
});

describe('L7 secrets', () => {
  it.each([
    'plainPassword',
    'curveSecretKey',
    'curvePublicKey',
    'curveServerKey',
  ])('are not quoted when %s is given the wrong thing, such as a whole pair of keys', (option) => {
    const set = (): unknown => new Pull({ [option]: { ...server } } as object);
    expect(set).toThrow(TypeError);
    expect(set).toThrow(expect.objectContaining({ stack: expect.not.stringContaining(server.secretKey) }));
  });

  it('are in no picture of anything a program can hold, nor in events', async () => {
    const world = new World();
    const password = 'hunter2-hunter2';
    const shown: unknown[] = [];
    const pairs = [
      [SERVER, CLIENT],
      [
        { plainServer: true, ...anybody },
        { plainUsername: 'joe', plainPassword: password },
      ],
    ] as const;
    for (const [i, [theirs, own]] of pairs.entries()) {
      const pull = world.open(Pull, theirs);
      const push = world.open(Push, own);
      for (const socket of [pull, push]) {
        const note = async (): Promise<void> => {
          for await (const event of socket.events) shown.push(event);
        };
        void note();
      }
      await pull.bind(`mem://${i}`);
      push.connect(`mem://${i}`);
      await established(pull, push);
      await push.send('x');
      shown.push(pull, push, ...pull.peers, ...push.peers, await pull.receiveMessage(), world.context);
    }
    await settle();
    const text = shown.map((one) => inspect(one, { depth: 12, showHidden: true, maxStringLength: null })).join('\n');
    expect(shown.length).toBeGreaterThan(14);
    const secrets = [password, server.secretKey, client.secretKey];
    for (const secret of secrets) expect(text).not.toContain(secret);
    for (const key of [server.secretKey, client.secretKey]) {
      expect(text).not.toContain(inspect(z85Decode(key)).slice(8, 40));
    }
    expect(text).not.toContain(inspect(Buffer.from(password)).slice(8, 40));
  });
});
