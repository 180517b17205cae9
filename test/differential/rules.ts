// The differences from zeromq.js that are meant, each under a name. Nothing else may differ. The names are the headings of
// spec-notes/zeromqjs-differences.md, section "Operations"; names.test.ts holds the two together.

import {
  type Amendment,
  both,
  type Difference,
  type EventRecord,
  events,
  inScripts,
  makingOf,
  outcomes,
  partsIn,
  states,
  typeOf,
} from './amend.js';
import { FITTING } from './model.js';
import { partsOf, type Script, type StepRecord } from './script.js';

export interface Rule {
  readonly name: string;
  readonly reason: string;
  /** Where the note tells of it, when not in "Operations". */
  readonly section?: string;
  readonly amend: Amendment;
}

const AT_ONCE: readonly unknown[] = ['EFSM', 'ENOTSUP', 'EHOSTUNREACH'];

export const RULES: readonly Rule[] = [
  {
    name: 'misuse fails at once',
    reason:
      'zeromq.js tells EFSM, ENOTSUP and EHOSTUNREACH when a wait for a peer is over, and never without a timeout.',
    amend: outcomes(({ theirs, ours }) => {
      if (ours.how !== 'rejected' || ours.waited === true || !AT_ONCE.includes(ours.error?.code)) return undefined;
      // With the first still waiting, a second in the same tick hears EBUSY.
      if (theirs.how === 'pending' || theirs.error?.code === 'EBUSY') return 'apart';
      // EAGAIN where there was nobody to wait for: then libzmq was never asked.
      const late = theirs.waited === true && [...AT_ONCE, 'EAGAIN'].includes(theirs.error?.code);
      return late ? ours : undefined;
    }),
  },
  {
    name: 'a DataView sends its bytes',
    reason: 'The declarations of zeromq.js allow it; it throws all the same.',
    amend: outcomes(({ theirs, ours, step }) => {
      const meant = theirs.error?.message === 'Invalid argument' && JSON.stringify(step).includes('"DataView"');
      return meant && theirs.how === 'threw' && ours.how !== 'threw' ? 'apart' : undefined;
    }),
  },
  {
    name: 'a SharedArrayBuffer sends its bytes',
    reason: 'zeromq.js sends the text "[object SharedArrayBuffer]".',
    amend: outcomes(({ theirs, ours }) =>
      JSON.stringify(theirs.value)?.includes('[object SharedArrayBuffer]') ? ours : undefined,
    ),
  },
  {
    name: 'ports are checked',
    reason: 'libzmq takes the port modulo 65536, and stops reading it at the first character that is no digit.',
    amend: outcomes(({ theirs, ours, step }) => {
      const meant = 'call' in step && isBadPort(step.call, step.args?.[0]);
      return meant && theirs.how !== 'threw' && ours.error?.code === 'EINVAL' ? 'apart' : undefined;
    }),
  },
  {
    name: 'a path that cannot be used is explained',
    reason: 'The text of the error says which folder is missing, or how long the path is and may be.',
    amend: outcomes(({ theirs, ours }) => {
      const { code, address, message } = ours.error ?? {};
      const meant = ['ENOENT', 'ENAMETOOLONG'].includes(String(code)) && String(address).startsWith('ipc://');
      if (!meant || theirs.error === undefined || !message?.startsWith(`${theirs.error.message}: `)) return undefined;
      return { ...theirs, error: { ...theirs.error, message } };
    }),
  },
  {
    name: 'an empty list never waits',
    reason: 'There is nothing to send, so there is nothing to wait for; zeromq.js waits until it could send something.',
    amend: both(
      // Others in the same tick hear EBUSY while it waits.
      ({ step, theirs, ours }) => {
        const together =
          'together' in step && step.together.some((part) => /"args":\[\[\]\]/.test(JSON.stringify(part)));
        return together && busy(theirs) > busy(ours) ? 'apart' : undefined;
      },
      outcomes(({ theirs, ours, step }) => {
        if (!('call' in step) || step.call !== 'send' || JSON.stringify(step.args) !== '[[]]') return undefined;
        if (ours.how !== 'resolved' || ours.waited === true) return undefined;
        return theirs.waited === true ? { ...theirs, waited: false } : 'apart';
      }),
    ),
  },
  {
    name: 'readable means that there is something to receive',
    reason: 'libzmq says so of a REQ or REP, too, when all there is will be dropped as nothing it may take.',
    amend: both(
      outcomes(({ theirs, ours, type }) => {
        if (!alternates(type) || theirs.error?.code !== 'EAGAIN') return undefined;
        if (theirs.waited === true || ours.waited === false) return undefined;
        return ours.how === 'rejected' ? { ...theirs, waited: true } : 'apart';
      }),
      ({ script, theirs, ours }) => {
        const gaveUp = Object.entries(theirs.settled).some(
          ([operation, { error }]) => error?.code === 'EAGAIN' && !(operation in ours.settled),
        );
        return gaveUp && partsIn(script).some((step) => 'new' in step && alternates(step.new)) ? 'apart' : undefined;
      },
      states(({ theirs, ours, type }) =>
        alternates(type) && theirs.readable === true && ours.readable === false
          ? { ...theirs, readable: false }
          : undefined,
      ),
    ),
  },
  {
    name: 'a reply without its delimiter is skipped',
    reason: 'libzmq closes the connection of who sends one; RFC 28 has it discarded.',
    amend: (difference) => (repliesBare(difference.script) ? 'apart' : undefined),
  },
  {
    name: 'XPUB receives from its subscribers by turns',
    reason: 'libzmq takes all that one has sent before it looks at the next; RFC 29 has it fair-queued.',
    amend: outcomes(({ theirs, ours, type, script }) => {
      const meant = type === 'XPublisher' && theirs.value !== undefined && ours.value !== undefined;
      return meant && (subscribers(script) > 1 || connectsTwice(script)) ? 'apart' : undefined;
    }),
  },
  {
    name: 'what has come in outlives the endpoint',
    reason:
      'libzmq throws away what was not received yet when its endpoint is disconnected or unbound, or its peer leaves and is not dialled again.',
    amend: inScripts(
      /"call":"(disconnect|unbind|close)"/,
      both(
        states(({ theirs, ours }) => (theirs.readable === false && ours.readable === true ? 'apart' : undefined)),
        // libzmq keeps the first part of what it throws away, and says that it is readable.
        outcomes(({ theirs, ours }) =>
          theirs.error?.code === 'EAGAIN' && ours.how === 'resolved' ? 'apart' : undefined,
        ),
      ),
    ),
  },
  {
    name: 'an ipc path in use is not taken over',
    reason: 'libzmq removes the file of whoever listens there, even its own; here only a file that nobody listens at.',
    amend: outcomes(({ theirs, ours, step }) => {
      const meant = 'call' in step && step.call.startsWith('bind') && ours.error?.code === 'EADDRINUSE';
      return meant && String(ours.error?.address).startsWith('ipc://') && theirs.error === undefined
        ? 'apart'
        : undefined;
    }),
  },
  {
    name: 'socket types have to fit over inproc, too',
    reason: 'libzmq joins any two; what they make of each other is undefined.',
    amend: ({ script }) => (misfits(script) ? 'apart' : undefined),
  },
  {
    name: 'unbind takes the endpoint as it was given to bind',
    reason: 'libzmq knows it by its resolved form alone; here either names it.',
    amend: outcomes(({ theirs, ours, step }) => {
      const meant = 'call' in step && /^(unbind|disconnect)/.test(step.call) && String(step.args?.[0]).includes('*');
      return meant && theirs.error !== undefined && ours.error === undefined ? 'apart' : undefined;
    }),
  },
  {
    name: 'an operation that waits goes on when a peer comes',
    reason: 'connect gives a zeromq.js socket a queue at once, but nothing wakes the send that waits for one.',
    amend: ({ step, theirs, ours }) => {
      const connects = partsOf(step).some((part) => 'call' in part && part.call === 'connect');
      const more = Object.keys(ours.settled).some((operation) => !(operation in theirs.settled));
      return connects && more && Object.keys(theirs.settled).length === 0 ? 'apart' : undefined;
    },
  },
  {
    name: 'room in a queue counts at once',
    reason: 'libzmq tells the sender of free places only when half of them are free, or when it sends next.',
    amend: inScripts(
      /HighWaterMark/,
      both(
        outcomes(({ theirs, ours }) =>
          theirs.error?.code === 'EAGAIN' && theirs.waited === true && ours.how === 'resolved' ? 'apart' : undefined,
        ),
        states(({ theirs, ours, script }) => {
          if (theirs.writable === false && ours.writable === true) return { ...theirs, writable: true };
          // A publisher has dropped what did not fit.
          return theirs.readable === false && ours.readable === true && publishes(script) ? 'apart' : undefined;
        }),
      ),
    ),
  },
  {
    name: 'noDrop waits for room',
    reason: 'zeromq.js takes a publisher for writable and then fails with EAGAIN at once, whatever the timeout.',
    amend: inScripts(
      /"noDrop":true/,
      both(
        outcomes(({ theirs, ours }) => {
          if (theirs.error?.code !== 'EAGAIN' || theirs.waited !== false || ours.waited === false) return undefined;
          return ours.how === 'rejected' ? { ...theirs, waited: true } : 'apart';
        }),
        states(({ theirs, ours, type }) =>
          /Publisher$/.test(type ?? '') && theirs.writable === true && ours.writable === false
            ? { ...theirs, writable: false }
            : undefined,
        ),
      ),
    ),
  },
  {
    name: 'maxMessageSize is for messages',
    reason: 'libzmq holds the handshake against it too, so that a small one lets nobody in.',
    amend: inScripts(/"maxMessageSize":[1-6]?\d\b/, () => 'apart'),
  },
  {
    name: 'a peer that cannot be taken is refused',
    reason:
      'It comes again until it can be. libzmq lets a second PAIR, or a second peer of a name, believe that it is connected; what it sends is lost.',
    amend: (difference) => (mayRefuse(difference.script) ? 'apart' : undefined),
  },
  {
    name: 'a dialer that has given up takes nothing more',
    reason: 'With a reconnectInterval of -1 libzmq queues on for a peer that refused and will never be dialled again.',
    amend: states(({ theirs, ours, name, script }) => {
      const once = JSON.stringify(makingOf(script, name)).includes('"reconnectInterval":-1');
      return once && theirs.writable === true && ours.writable === false ? 'apart' : undefined;
    }),
  },
  {
    name: 'a socket type that does not fit shows as a disconnect',
    reason: 'libzmq may tell before it that its write failed (EPIPE), when the other side was quicker.',
    amend: events((theirs, ours) => {
      if (!JSON.stringify(ours).includes('ERR_ZMTP_INVALID_METADATA')) return theirs;
      return theirs.filter(
        ({ type, error }) => type !== 'handshake:error:other' || !/EPIPE/.test(JSON.stringify(error)),
      );
    }),
  },
  {
    name: 'what ends does not wait for its readers',
    reason:
      'libzmq keeps a connection of an endpoint that is gone, and an inproc socket that is closed, until what they brought is received; disconnect and end come as late.',
    amend: both(
      (difference) => (endsSooner(difference, 'end') || endsSooner(difference, 'disconnect') ? 'apart' : undefined),
      outcomes(({ theirs, ours, step }) => {
        const leaves = 'call' in step && /^(disconnect|unbind)$/.test(step.call);
        const gone = leaves && String(step.args?.[0]).startsWith('inproc:') && ours.error?.code === 'ENOENT';
        return gone && theirs.error === undefined ? 'apart' : undefined;
      }),
    ),
  },
  {
    name: 'a closed socket ends its endpoints in the order it got them',
    reason: 'libzmq takes them as they happen to lie in memory.',
    amend: events(inTheOrderOf),
  },
  {
    name: 'a bind that fails is told once',
    section: 'Events',
    reason: 'libzmq tells first that what never listened was closed.',
    amend: events((theirs, ours) => {
      const failed = theirs.findIndex(({ type }) => type === 'bind:error');
      const told = theirs[failed - 1]?.type === 'close' && theirs.length > ours.length;
      return told ? theirs.filter((_, index) => index !== failed - 1) : theirs;
    }),
  },
  {
    name: 'events say more',
    reason:
      'Whose connection it was (`peer`), why it ended (`error` of disconnect and connect:retry), which endpoint failed (in the `error` of bind:error).',
    amend: events((theirs, ours) => theirs.map((event, index) => withMore(event, ours[index] ?? {}))),
  },
  {
    name: 'on and off give the observer',
    reason: 'As the declarations say, so that calls can be chained; zeromq.js gives the emitter behind it.',
    amend: outcomes(({ theirs, ours, step }) =>
      'call' in step && /^(on|off)$/.test(step.call) && theirs.value === '<EventEmitter>' ? ours : undefined,
    ),
  },
];

function busy(record: StepRecord): number {
  return record.outcomes.filter(({ error }) => error?.code === 'EBUSY').length;
}

function isBadPort(method: string, endpoint: unknown): boolean {
  const port = typeof endpoint === 'string' ? /^tcp:\/\/.*:([^:]*)$/.exec(endpoint)?.[1] : undefined;
  if (port === undefined || port === '*') return false;
  return !(/^\d+$/.test(port) && Number(port) <= 65_535) || (method === 'connect' && Number(port) === 0);
}

/** A PAIR has been offered more than one peer, or two sockets have one name. */
function mayRefuse(script: Script): boolean {
  const names = [...JSON.stringify(script).matchAll(/"routingId":"(\w[^"]*)"/g)].map(([, name]) => name);
  const pairs = partsIn(script).filter((step) => 'new' in step && step.new === 'Pair').length;
  const connects = partsIn(script).filter(
    (step) => 'call' in step && step.call === 'connect' && typeOf(script, step.on) === 'Pair',
  ).length;
  return pairs > 2 || connects > 1 || new Set(names).size < names.length || (names.length > 0 && connectsTwice(script));
}

function connectsTwice(script: Script): boolean {
  const connects = partsIn(script).flatMap((step) =>
    'call' in step && step.call === 'connect' ? [`${step.on} ${step.args?.[0]}`] : [],
  );
  return new Set(connects).size < connects.length;
}

/** Ours tells more events of a type, in a step that ends something. */
function endsSooner({ step, theirs, ours }: Difference, type: string): boolean {
  const ends = partsOf(step).some((part) => 'call' in part && /^(close|unbind|disconnect)/.test(part.call));
  const count = (record: StepRecord): number => JSON.stringify(record.events).split(`"type":"${type}"`).length;
  return ends && count(ours) > count(theirs);
}

/** Two types that do not fit have met at an inproc name. */
function misfits(script: Script): boolean {
  const joins = partsIn(script).flatMap((step) => {
    const endpoint = 'call' in step && /^(bind|connect)/.test(step.call) ? String(step.args?.[0]) : '';
    return 'on' in step && endpoint.startsWith('inproc:') ? [{ endpoint, type: typeOf(script, step.on) ?? '' }] : [];
  });
  return joins.some((one) =>
    joins.some((other) => one !== other && one.endpoint === other.endpoint && !goTogether(one.type, other.type)),
  );
}

/** A ROUTER has sent a message without an empty part before its body, in a script with REQ or REP. */
function repliesBare(script: Script): boolean {
  const alternating = partsIn(script).some((step) => 'new' in step && alternates(step.new));
  return (
    alternating &&
    partsIn(script).some((step) => {
      if (!('call' in step) || step.call !== 'send') return false;
      const message = step.args?.[0] as unknown[];
      return typeOf(script, step.on) === 'Router' && (message.length < 3 || (message[1] !== null && message[1] !== ''));
    })
  );
}

function goTogether(one: string, other: string): boolean {
  return FITTING.some(([left, right]) => (left === one && right === other) || (left === other && right === one));
}

function alternates(type: string | undefined): boolean {
  return type === 'Request' || type === 'Reply';
}

function subscribers(script: Script): number {
  return partsIn(script).filter((step) => 'new' in step && /Subscriber$/.test(step.new)).length;
}

function publishes(script: Script): boolean {
  return partsIn(script).some((step) => 'new' in step && /Publisher$/.test(step.new));
}

/** Theirs in our order, where both say to the end of a socket the same of each of its endpoints. */
function inTheOrderOf(theirs: readonly EventRecord[], ours: readonly EventRecord[]): readonly EventRecord[] {
  if (theirs.at(-1)?.type !== 'end' || ours.at(-1)?.type !== 'end') return theirs;
  const of = (all: readonly EventRecord[], { address }: EventRecord): readonly EventRecord[] =>
    all.filter((event) => event.address === address);
  const types = (all: readonly EventRecord[]): string => all.map(({ type }) => type).join();
  if (theirs.length !== ours.length) return theirs;
  if (ours.some((event) => types(of(theirs, event)) !== types(of(ours, event)))) return theirs;
  return ours.map((event, index) => of(theirs, event)[of(ours.slice(0, index), event).length] as EventRecord);
}

function withMore(theirs: EventRecord, ours: EventRecord): EventRecord {
  if (theirs.type !== ours.type) return theirs;
  const { peer, error } = ours;
  const why = ['disconnect', 'connect:retry'].includes(String(ours.type)) && theirs.error === undefined;
  const where = theirs.type === 'bind:error' && theirs.error !== undefined;
  return {
    ...theirs,
    ...((why || where) && error !== undefined ? { error } : {}),
    ...(peer !== undefined ? { peer } : {}),
  };
}
