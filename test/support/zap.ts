// A ZAP handler whose replies a test chooses, and clients and servers of each mechanism to try it with.

import { onTestFinished } from 'vitest';
import { Context, curveKeyPair, Dealer, Reply, Router } from '../../src/index.js';
import { z85Decode } from '../../src/security/z85.js';
import type { World } from './world.js';

export const ZAP = 'inproc://zeromq.zap.01';

export type Frames = (string | Buffer)[];
/** The frames of a reply, several replies, or null for none. Called with the request: `1.0`, request id, … */
export type Answers = (request: Buffer[]) => Frames | Frames[] | null | Promise<Frames | null>;

/** A reply as it should be, with frames of it replaced by position. */
export function reply(status: string, changes: Readonly<Record<number, string | Buffer>> = {}): Frames {
  const frames: Frames = ['1.0', '1', status, 'text', '', ''];
  for (const [at, frame] of Object.entries(changes)) frames[Number(at)] = frame;
  return frames;
}

export interface Handler {
  readonly socket: Reply | Router;
  /** Every request, as text. */
  readonly requests: string[];
  answers: Answers;
  /** What ended it, if it was not closed. */
  failure: unknown;
}

/** Binds a handler in the world's context. A ROUTER can reply twice, and later than it is asked the next time. */
export async function bindHandler(world: World, type: 'REP' | 'ROUTER', answers: Answers): Promise<Handler> {
  const socket = world.open<Reply | Router, object>(type === 'REP' ? Reply : Router);
  const handler: Handler = { socket, requests: [], answers, failure: undefined };
  await socket.bind(ZAP);
  const serve = async (): Promise<void> => {
    for await (const frames of socket) {
      const request = type === 'REP' ? frames : frames.slice(2);
      handler.requests.push(request.map((frame) => frame.toString('latin1')).join('|'));
      const pending = handler.answers(request);
      const answer = pending instanceof Promise ? await pending : pending;
      const replies = answer === null ? [] : Array.isArray(answer[0]) ? (answer as Frames[]) : [answer as Frames];
      for (const one of replies) await socket.send(type === 'REP' ? one : [...frames.slice(0, 2), ...one]);
    }
  };
  serve().catch((error: unknown) => {
    handler.failure = error;
  });
  onTestFinished(() => {
    if (handler.failure !== undefined) throw handler.failure;
  });
  return handler;
}

/** What a server and a good client of each mechanism are made with. */
export interface Mechanism {
  readonly name: 'NULL' | 'PLAIN' | 'CURVE';
  readonly server: object;
  readonly client: object;
  /** What the handler is asked about the client, behind the routing id. */
  readonly shown: string;
}

const serverKeys = curveKeyPair();
export const clientKeys = curveKeyPair();

export const MECHANISMS: readonly [Mechanism, Mechanism, Mechanism] = [
  { name: 'NULL', server: {}, client: {}, shown: 'NULL' },
  {
    name: 'PLAIN',
    server: { plainServer: true },
    client: { plainUsername: 'admin', plainPassword: 'hunter2' },
    shown: 'PLAIN|admin|hunter2',
  },
  {
    name: 'CURVE',
    server: { curveServer: true, curveSecretKey: serverKeys.secretKey },
    client: {
      curveServerKey: serverKeys.publicKey,
      curvePublicKey: clientKeys.publicKey,
      curveSecretKey: clientKeys.secretKey,
    },
    shown: `CURVE|${z85Decode(clientKeys.publicKey).toString('latin1')}`,
  },
];

/** Until the world can speak CURVE: its library is loaded when it is first needed, which takes longer than a turn. */
async function speaks(world: World, { name }: Mechanism): Promise<void> {
  if (name !== 'CURVE') return;
  const { workshop } = Context.coreOf(world.context);
  workshop.prepare();
  while (workshop.curve === undefined) await new Promise((resolve) => setImmediate(resolve));
}

/** A server whose peers have to be let in. */
export async function bindServer(world: World, mechanism: Mechanism, options: object = {}): Promise<Router> {
  await speaks(world, mechanism);
  const defaults = { zapDomain: 'test', handshakeInterval: 1000 };
  const router = world.open(Router, { ...defaults, ...mechanism.server, ...options });
  await router.bind('mem://a');
  return router;
}

/** A client that dials once. */
export function dial(world: World, { client }: Mechanism, options: object = {}): Dealer {
  const dealer = world.open(Dealer, { reconnectInterval: -1, ...client, ...options });
  dealer.connect('mem://a');
  return dealer;
}

/** Whether a good client gets in now and is heard. */
export async function goodClientWorks(world: World, mechanism: Mechanism, server: Router): Promise<boolean> {
  const client = dial(world, mechanism);
  await client.send('good');
  await world.clock.advance(0);
  const heard = server.tryReceive()?.at(-1)?.toString() === 'good';
  client.close();
  await world.clock.advance(0);
  return heard;
}
