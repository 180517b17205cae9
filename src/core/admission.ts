// Whom a socket asks whether a peer may come in, and what holds where there is nobody to ask: the `authenticator` of the
// program, else its ZAP handler (RFC 27), else libzmq's rules (null_mechanism.cpp, plain_server.cpp, curve_server.cpp).
// One for each socket; newSession has it give each session its Admit.

import type { ZapReply } from '../protocol/mechanism.js';
import { ZAP_NAME, type ZapContext } from '../security/zap.js';
import { EMPTY } from '../util/bytes.js';
import { askAuthenticator } from './authenticator.js';
import type { InprocRegistry } from './inproc.js';
import type { OptionValues } from './options.js';
import type { Admit, Question } from './session.js';
import { noAnswer, ZapQuestion } from './zap-client.js';

const WELCOME: ZapReply = Object.freeze({ status: 200, userId: '', properties: new Map() });
const ANSWERED: Question = Object.freeze({ close: () => {} });
const HANDLER_TYPES = ['REP', 'ROUTER'];
/** What stands for an address where there is none: what libzmq's begins with for `ipc://`. */
const LOCAL = 'localhost';

type Answer = Parameters<Admit>[2];

/** Whether peers of NULL are let in by somebody, either side's; those of PLAIN and CURVE are, by the server's. */
export function asksAboutNull({ zapDomain, authenticator }: OptionValues): boolean {
  return zapDomain !== null || authenticator !== undefined;
}

export class Admission {
  readonly #registry: InprocRegistry;
  #warned = false;

  constructor(registry: InprocRegistry) {
    this.#registry = registry;
  }

  admit(options: OptionValues): Admit {
    return (request, from, answer) => {
      const context = contextOf(options, from);
      const { authenticator } = options;
      if (authenticator !== undefined) {
        return askAuthenticator(authenticator, context, request, answer, (error) => this.#failed(error));
      }
      if (isEncryptionOnly(request.mechanism, options)) return answered(answer, WELCOME);
      const handler = this.#registry.boundBy(ZAP_NAME);
      if (handler === undefined) return withoutHandler(request.mechanism, options, answer);
      if (!HANDLER_TYPES.includes(handler)) {
        return answered(answer, noAnswer(`what has bound inproc://${ZAP_NAME} is a ${handler}, not a REP or ROUTER`));
      }
      return new ZapQuestion(this.#registry, context, request, answer);
    };
  }

  /** Said once: peers cause failures at will. Each shows in its event. */
  #failed(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    process.emitWarning('An authenticator failed, and the peer was refused; later failures show as events only', {
      type: 'AuthenticatorWarning',
      code: 'ZMTP_AUTHENTICATOR_FAILED',
      detail: pictureOf(error),
    });
  }
}

/** Programs may throw anything, also what throws when it is looked at. Objects are not quoted. */
function pictureOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return `${thrown.stack ?? thrown.message}`;
    return typeof thrown === 'object' ? Object.prototype.toString.call(thrown) : String(thrown);
  } catch {
    return 'what it threw cannot be shown';
  }
}

/** libzmq: a CURVE server that insists on a domain, and has none, wants no authentication. */
function isEncryptionOnly(mechanism: string, { zapDomain, zapEnforceDomain }: OptionValues): boolean {
  return mechanism === 'CURVE' && zapDomain === null && zapEnforceDomain;
}

/** NULL gets here with a domain only. PLAIN would be pointless if nobody looked at the password. */
function withoutHandler(mechanism: string, { zapEnforceDomain }: OptionValues, answer: Answer): Question {
  if (mechanism !== 'PLAIN' && !zapEnforceDomain) return answered(answer, WELCOME);
  const remedy = `bind a ZAP handler to inproc://${ZAP_NAME} in this context, or set an authenticator`;
  return answered(answer, noAnswer(`nobody is there to let peers of ${mechanism} in: ${remedy}`));
}

function answered(answer: Answer, reply: Parameters<Answer>[0]): Question {
  answer(reply);
  return ANSWERED;
}

function contextOf({ zapDomain, routingId }: OptionValues, from: string | undefined): ZapContext {
  return { domain: zapDomain ?? '', address: from === undefined ? LOCAL : hostOf(from), routingId: routingId ?? EMPTY };
}

/** As libzmq writes it: no port, no brackets. */
function hostOf(from: string): string {
  return from.slice(0, from.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1');
}
