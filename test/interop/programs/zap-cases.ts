// What becomes of a handshake by what a ZAP handler does: the cases that zap-events.test.ts runs on both libraries.

import type { Dealer, Router, Socket } from 'zeromq';
import { type Cases, type Library, pause, settle } from '../../support/cases.js';

type Frames = string[];
/** Replies by the request's frames, without the delimiter; null for none, 'close' to close the handler instead. */
type Answers = (request: string[]) => Frames | null | 'close';

const KEY_BYTES = 32;
const ENDPOINT = 'inproc://zeromq.zap.01';

/** Events that say how the handshake went, with what their error says. */
function record(socket: Socket): string[] {
  const log: string[] = [];
  void (async () => {
    for await (const event of socket.events) {
      const { type, error } = event as { type: string; error?: { code?: string; status?: number; message: string } };
      if (!/^(handshake|disconnect)/.test(type)) continue;
      const what = error === undefined || type === 'disconnect' ? [] : [error.code ?? error.status, error.message];
      log.push([type, ...what].join(' '));
    }
  })();
  return log;
}

async function handler(
  zmq: Library,
  context: Zmq['context'],
  type: 'Reply' | 'Router',
  answers: Answers,
  log: string[],
) {
  const socket = new zmq[type]({ context, linger: 0 }) as unknown as Router;
  await socket.bind(ENDPOINT);
  void (async () => {
    for await (const frames of socket as AsyncIterable<Buffer[]>) {
      const envelope = type === 'Router' ? frames.slice(0, 2) : [];
      const request = frames.slice(envelope.length).map((frame) => frame.toString('latin1'));
      log.push(
        `asked ${request.map((frame) => (frame.length === KEY_BYTES ? 'a key' : frame.replace(/^localhost.*/, 'localhost'))).join('|')}`,
      );
      const answer = answers(request);
      if (answer === 'close') socket.close();
      else if (answer !== null) await socket.send([...envelope, ...answer] as never);
    }
  })().catch((error: Error) => log.push(`the handler failed: ${error.message}`));
  return socket;
}

interface Zmq {
  context: InstanceType<Library['Context']>;
}

interface Setup {
  readonly server?: object;
  readonly client?: object;
  readonly type?: 'Reply' | 'Router';
  readonly answers?: Answers;
  readonly endpoint?: string;
}

/** One attempt of one client; the events at both ends, what the handler was asked, what the server heard. */
async function attempt(zmq: Library, setup: Setup) {
  const { type = 'Reply', answers, endpoint = 'tcp://127.0.0.1:*' } = setup;
  const context = new zmq.Context();
  const asked: string[] = [];
  const handling = answers && (await handler(zmq, context, type, answers, asked));
  const bound: Router = new zmq.Router({
    context,
    linger: 0,
    routingId: 'SRV',
    handshakeInterval: 500,
    ...setup.server,
  });
  const dialling: Dealer = new zmq.Dealer({
    context: new zmq.Context(),
    linger: 0,
    routingId: 'CLI',
    reconnectInterval: -1,
    ...setup.client,
  });
  const logs = [record(bound), record(dialling)] as const;
  await bound.bind(endpoint);
  dialling.connect(bound.lastEndpoint as string);
  dialling.send('hello').catch(() => {});
  const first = bound.receive().then((frames) => frames.map(String));
  first.catch(() => {});
  const heard = await Promise.race([first, pause(900).then(() => 'nothing')]);
  await settle();
  const [server, client] = logs.map((log) => [...log]);
  for (const socket of [dialling, bound]) socket.close();
  if (handling?.closed === false) handling.close();
  return { asked, server, client, heard };
}

const reply =
  (status: string, changes: Readonly<Record<number, string>> = {}): Answers =>
  ([, id]) => {
    const frames = ['1.0', id as string, status, 'text', '', ''];
    for (const [at, frame] of Object.entries(changes)) frames[Number(at)] = frame;
    return frames;
  };

const DOMAIN = { zapDomain: 'test' };
const ENFORCED = { ...DOMAIN, zapEnforceDomain: true };
const PLAIN = { server: { plainServer: true }, client: { plainUsername: 'admin', plainPassword: 'secret' } };
const plain = (more: object, answers?: Answers): Setup => ({
  ...PLAIN,
  server: { ...PLAIN.server, ...more },
  ...(answers && { answers }),
});

/** A pair each, made anew: keys are not what is compared. */
function curve(zmq: Library, more: object, answers?: Answers): Setup {
  const [own, clients] = [zmq.curveKeyPair(), zmq.curveKeyPair()];
  return {
    server: { curveServer: true, curveSecretKey: own.secretKey, ...more },
    client: {
      curveServerKey: own.publicKey,
      curvePublicKey: clients.publicKey,
      curveSecretKey: clients.secretKey,
    },
    ...(answers && { answers }),
  };
}

export const cases: Cases = {
  'NULL without a domain': (zmq) => attempt(zmq, { answers: reply('400') }),
  'NULL without a domain that is enforced': (zmq) => attempt(zmq, { server: { zapEnforceDomain: true } }),
  'NULL, 200': (zmq) => attempt(zmq, { server: DOMAIN, answers: reply('200', { 4: 'joe' }) }),
  'NULL, 200 of a ROUTER': (zmq) => attempt(zmq, { server: DOMAIN, type: 'Router', answers: reply('200') }),
  'NULL, 200 over ipc': (zmq) => attempt(zmq, { server: DOMAIN, endpoint: 'ipc://*', answers: reply('200') }),
  'NULL, 300': (zmq) => attempt(zmq, { server: DOMAIN, answers: reply('300') }),
  'NULL, 400': (zmq) => attempt(zmq, { server: DOMAIN, answers: reply('400') }),
  'NULL, 500': (zmq) => attempt(zmq, { server: DOMAIN, answers: reply('500') }),
  'NULL, 400 with a user id': (zmq) => attempt(zmq, { server: DOMAIN, answers: reply('400', { 4: 'joe' }) }),
  'NULL, nobody to ask': (zmq) => attempt(zmq, { server: DOMAIN }),
  'NULL, nobody to ask, enforced': (zmq) => attempt(zmq, { server: ENFORCED }),
  'NULL, the client asks': (zmq) => attempt(zmq, { client: DOMAIN }),
  'another version': (zmq) => attempt(zmq, { server: DOMAIN, answers: reply('200', { 0: '1.1' }) }),
  'another id': (zmq) => attempt(zmq, { server: DOMAIN, answers: reply('200', { 1: '2' }) }),
  'a status of two digits': (zmq) => attempt(zmq, { server: DOMAIN, answers: reply('20') }),
  'status 600': (zmq) => attempt(zmq, { server: DOMAIN, answers: reply('600') }),
  'status 2x0': (zmq) => attempt(zmq, { server: DOMAIN, answers: reply('2x0') }),
  'five frames': (zmq) => attempt(zmq, { server: DOMAIN, answers: () => ['1.0', '1', '200', '', ''] }),
  'seven frames': (zmq) => attempt(zmq, { server: DOMAIN, answers: () => ['1.0', '1', '200', '', '', '', ''] }),
  'metadata of one byte': (zmq) => attempt(zmq, { server: DOMAIN, answers: reply('200', { 5: 'x' }) }),
  'metadata cut off, of a refusal': (zmq) => attempt(zmq, { server: DOMAIN, answers: reply('400', { 5: 'xyz' }) }),
  'a user id of 256 bytes': (zmq) => attempt(zmq, { server: DOMAIN, answers: reply('200', { 4: 'x'.repeat(256) }) }),
  'no reply': (zmq) => attempt(zmq, { server: DOMAIN, type: 'Router', answers: () => null }),
  'the handler closes': (zmq) => attempt(zmq, { server: DOMAIN, answers: () => 'close' }),
  'PLAIN, 200': (zmq) => attempt(zmq, plain({}, reply('200', { 4: 'joe' }))),
  'PLAIN, 200 with a domain': (zmq) => attempt(zmq, plain(DOMAIN, reply('200'))),
  'PLAIN, 300': (zmq) => attempt(zmq, plain(DOMAIN, reply('300'))),
  'PLAIN, 400': (zmq) => attempt(zmq, plain(DOMAIN, reply('400'))),
  'PLAIN, 500': (zmq) => attempt(zmq, plain(DOMAIN, reply('500'))),
  'PLAIN, another id': (zmq) => attempt(zmq, plain(DOMAIN, reply('200', { 1: '2' }))),
  'PLAIN, nobody to ask': (zmq) => attempt(zmq, plain({})),
  'PLAIN, nobody to ask, enforced': (zmq) => attempt(zmq, plain(ENFORCED)),
  'CURVE, 200': (zmq) => attempt(zmq, curve(zmq, {}, reply('200', { 4: 'joe' }))),
  'CURVE, 300': (zmq) => attempt(zmq, curve(zmq, DOMAIN, reply('300'))),
  'CURVE, 400': (zmq) => attempt(zmq, curve(zmq, DOMAIN, reply('400'))),
  'CURVE, 500': (zmq) => attempt(zmq, curve(zmq, DOMAIN, reply('500'))),
  'CURVE, metadata cut off': (zmq) => attempt(zmq, curve(zmq, DOMAIN, reply('200', { 5: 'xyz' }))),
  'CURVE, nobody to ask': (zmq) => attempt(zmq, curve(zmq, {})),
  'CURVE, nobody to ask, with a domain': (zmq) => attempt(zmq, curve(zmq, DOMAIN)),
  'CURVE, nobody to ask, enforced': (zmq) => attempt(zmq, curve(zmq, ENFORCED)),
  'CURVE, enforced without a domain': (zmq) => attempt(zmq, curve(zmq, { zapEnforceDomain: true }, reply('400'))),
};
