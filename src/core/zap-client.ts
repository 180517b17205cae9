// Asks whoever has bound inproc://zeromq.zap.01 in the socket's Context whether a peer may come in (RFC 27). Made by Admission
// for each handshake that asks; to the handler, a REP or ROUTER of the program's, it is one more DEALER.
//
// Each question has a pipe of its own, as in libzmq: whatever comes through it is about this handshake and no other. A second
// reply while the handshake lasts makes the first one worthless. A question that is closed before it was read is taken
// back, so that no more wait with a handler than there are handshakes.

import { ProtocolError } from '../errors.js';
import type { ZapReply, ZapRequest } from '../protocol/mechanism.js';
import { decodeZapReply, encodeZapRequest, ZAP_NAME, type ZapContext } from '../security/zap.js';
import { InprocConnecter, type InprocHost, type InprocRegistry } from './inproc.js';
import type { Message } from './message.js';
import { defaultOptions } from './options.js';
import { Pipe, type PipeOwner } from './pipe.js';
import type { Question } from './session.js';

type Answer = (reply: ZapReply | ProtocolError) => void;
/** @throws ProtocolError as it may return it */
type Outcome = () => ZapReply | ProtocolError;

/** No routing id: a ROUTER makes one up for each question. */
const OPTIONS = Object.freeze(defaultOptions());
const UNLIMITED = { sendHighWaterMark: 0, receiveHighWaterMark: 0, conflate: false };

export class ZapQuestion implements Question, InprocHost, PipeOwner {
  readonly socketType = 'DEALER';
  readonly operations = {
    introduce: () => true,
    flow: (pipe: Pipe) => pipe.outletReady(),
    detach: (pipe: Pipe) => pipe.retire(),
    subscription: () => {},
  };
  readonly peers = { joined: () => {}, left: () => {} };
  readonly #pipe = new Pipe(this, UNLIMITED);
  readonly #connecter: InprocConnecter;
  readonly #answer: Answer;
  #outcome: Outcome | undefined;
  #closed = false;

  constructor(registry: InprocRegistry, context: ZapContext, request: ZapRequest, answer: Answer) {
    this.#answer = answer;
    this.#pipe.confidential = true;
    this.#connecter = new InprocConnecter(this, OPTIONS, registry, ZAP_NAME);
    this.#pipe.write(encodeZapRequest(context, request));
    this.#connecter.start(undefined);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connecter.end?.withdraw();
    this.#connecter.abort();
  }

  // InprocHost

  attachPipe(): Pipe {
    return this.#pipe;
  }

  dropPipe(pipe: Pipe): void {
    pipe.discard();
  }

  /** The handler was closed, or takes no peers. */
  endpointDone(): void {
    if (this.#outcome === undefined) this.#settle(() => noAnswer('the ZAP handler went away before it had answered'));
  }

  // PipeOwner

  readActivated(pipe: Pipe): void {
    const frames = pipe.read() as Message;
    this.#settle(this.#outcome === undefined ? () => decodeZapReply(frames) : repliedTwice);
  }

  writeActivated(): void {}

  /** In a later tick: whoever called us is the handler's own program, in the middle of a send or a close. */
  #settle(outcome: Outcome): void {
    this.#outcome = outcome;
    process.nextTick(() => {
      if (!this.#closed) this.#answer(evaluate(this.#outcome as Outcome));
    });
  }
}

/** Nobody who could let the peer in has answered. */
export function noAnswer(why: string): ProtocolError {
  return new ProtocolError('zap-no-answer', why);
}

function repliedTwice(): ProtocolError {
  return new ProtocolError('zap-malformed-reply', 'the ZAP handler replied twice');
}

/** A faulty reply is an answer, too. */
function evaluate(outcome: Outcome): ZapReply | ProtocolError {
  try {
    return outcome();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}
