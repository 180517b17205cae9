// The shape of the classes against zeromq.js itself: which property is on which prototype and of what kind, how they are
// made, extended and sealed, and which warnings they give.

import { afterEach, describe, expect, it } from 'vitest';
import * as zeromq from 'zeromq';
import * as zmtp from '../../src/index.js';
import { classes } from '../support/classes.js';
import { inLinuxWords } from '../support/words.js';
import { warningsOf } from './warnings.js';

type Made = Record<string, unknown> & { close(): void };
type Class = (new (...args: unknown[]) => Made) & { readonly prototype: object };
interface Library {
  readonly Socket: Class;
  readonly Context: Class;
  readonly Dealer: Class;
  readonly Push: Class;
}

const OURS = zmtp as unknown as Library;
const THEIRS = zeromq as unknown as Library;
const BOTH = [OURS, THEIRS];

const open: { close?(): void }[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close?.();
});

function told(run: () => unknown): unknown {
  try {
    const made = run();
    if (typeof made !== 'object' || made === null) return made;
    open.push(made);
    return 'made';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `${code ?? (error as Error).constructor.name} ${inLinuxWords(message)}`;
  }
}

function shapeOf({ value, get, set, writable, enumerable, configurable }: PropertyDescriptor): object {
  const kind = typeof value === 'function' ? `${value.name}/${value.length}` : typeof value;
  return { kind, get: get !== undefined, set: set !== undefined, writable, enumerable, configurable };
}

/** Methods that take more with us, an options object: they are longer. */
const LONGER = /^(constructor|connect|bind|send|receive|unbindSync|bindSync|messages)$/;

describe.each(['Socket', 'Context', ...classes.map(({ name }) => name)])('%s', (name) => {
  const [ours, theirs] = BOTH.map((library) => (library as unknown as Record<string, Class>)[name]!.prototype);

  const names = Object.keys(Object.getOwnPropertyDescriptors(theirs));
  it.each(names)('.prototype.%s is as in zeromq.js', (property) => {
    const [mine, their] = [ours, theirs].map((prototype) => Object.getOwnPropertyDescriptor(prototype, property));
    expect(mine, `own property ${property}`).toBeDefined();
    const shape = shapeOf(mine!);
    if (LONGER.test(property)) Object.assign(shape, { kind: expect.anything() });
    expect(shapeOf(their!)).toEqual(shape);
  });
});

describe('an instance', () => {
  it('shows nothing of what is inside, and is sealed', () => {
    for (const { Dealer, Context } of BOTH) {
      for (const made of [new Dealer(), new Context()]) {
        open.push(made);
        expect([Object.keys(made), JSON.stringify(made), Object.isSealed(made)]).toEqual([[], '{}', true]);
      }
    }
  });

  it('of a class between has the prototypes of zeromq.js', () => {
    for (const { Dealer, Socket } of BOTH) {
      expect(Object.getPrototypeOf(Dealer.prototype)).toBe(Socket.prototype);
      expect(Object.getPrototypeOf(Socket.prototype)).toBe(Object.prototype);
    }
  });
});

describe('making', () => {
  const TYPES = [-1, 0, 1.9, 5, 11, 2 ** 32 + 5, 21, 99, Number.NaN, '5', undefined, null, {}];
  it.each(TYPES)('a Socket of type %s', (type) => {
    expect(told(() => new OURS.Socket(type))).toEqual(told(() => new THEIRS.Socket(type)));
  });

  it.each([12, 18, 19, 20])('a Socket of draft type %i is EINVAL: draft socket types are not there', (type) => {
    expect(told(() => new OURS.Socket(type))).toBe('EINVAL Invalid argument');
  });

  const OPTIONS = [
    undefined,
    {},
    [],
    5,
    null,
    'x',
    true,
    () => {},
    { nosuch: 1 },
    { type: 1 },
    { linger: -2 },
    { linger: 'x' },
  ];
  it.each(OPTIONS.map((options, index) => [index, options]))('with options %i', (_, options) => {
    for (const name of ['Push', 'Context'] as const) {
      expect(told(() => new OURS[name](options))).toEqual(told(() => new THEIRS[name](options)));
    }
    expect(told(() => new OURS.Socket(5, options))).toEqual(told(() => new THEIRS.Socket(5, options)));
  });

  it('counts arguments', () => {
    expect(told(() => new OURS.Socket(5, {}, 1))).toEqual(told(() => new THEIRS.Socket(5, {}, 1)));
    expect(told(() => new OURS.Context({}, 1))).toEqual(told(() => new THEIRS.Context({}, 1)));
  });

  it('more sockets than maxSockets is EMFILE, whatever their options', () => {
    for (const { Context, Push } of BOTH) {
      const context = new Context({ maxSockets: 1 });
      open.push(new Push({ context }));
      expect(told(() => new Push({ context, nosuch: 1 }))).toBe('EMFILE Too many open file descriptors');
    }
  });
});

describe('a subclass', () => {
  it('of Socket has the common properties and no others', () => {
    for (const { Socket } of BOTH) {
      const Own = class extends Socket {
        constructor() {
          super(5, { linger: 0 });
        }
      };
      const socket = new Own();
      open.push(socket);
      expect([socket.type, socket.linger, socket.routingId, 'sendTimeout' in socket]).toEqual([5, 0, undefined, false]);
      expect(told(() => Object.assign(socket, { sendTimeout: 1 }))).toBe(
        'TypeError Cannot add property sendTimeout, object is not extensible',
      );
    }
  });

  it('with a class field is refused by the seal', () => {
    for (const { Socket, Push } of BOTH) {
      const OfSocket = class extends Socket {
        field = 1;
      };
      const OfPush = class extends Push {
        field = 1;
      };
      for (const make of [() => new OfSocket(5), () => new OfPush()])
        expect(told(make)).toBe('TypeError Cannot define property field, object is not extensible');
    }
  });
});

describe('the warning', () => {
  const SETTINGS: [type: string, option: string, value: unknown][] = [
    ['Dealer', 'backlog', 7],
    ['Dealer', 'linger', 0],
    ['Dealer', 'sendTimeout', 1],
    ['Dealer', 'receiveHighWaterMark', 1],
    ['Dealer', 'probeRouter', true],
    ['Dealer', 'conflate', true],
    ['Dealer', 'routingId', 'id'],
    ['Dealer', 'plainServer', false],
    ['Router', 'mandatory', true],
    ['Router', 'handover', true],
    ['Request', 'correlate', true],
    ['Request', 'relaxed', true],
    ['XPublisher', 'verbosity', 'allSubs'],
  ];

  it.each(SETTINGS)('of a connected %s is given for %s as in zeromq.js', (type, option, value) => {
    const [ours, theirs] = BOTH.map((library) => {
      const socket = new (library as unknown as Record<string, Class>)[type]!();
      open.push(socket);
      const before = warningsOf(() => Object.assign(socket, { [option]: value }));
      (socket.connect as (address: string) => void)('inproc://nobody');
      return [before, warningsOf(() => Object.assign(socket, { [option]: value }))];
    });
    expect(ours).toEqual(theirs);
  });

  it('is not given where it would be wrong', () => {
    const settings: [type: string, option: string, value: unknown][] = [
      ['Publisher', 'noDrop', true],
      ['XPublisher', 'manual', true],
      ['XPublisher', 'welcomeMessage', 'x'],
      ['Publisher', 'invertMatching', true],
      ['Stream', 'notify', true],
    ];
    for (const [type, option, value] of settings) {
      const socket = new (zmtp as unknown as Record<string, Class>)[type]!();
      open.push(socket);
      (socket.connect as (address: string) => void)('tcp://127.0.0.1:9');
      expect(
        warningsOf(() => Object.assign(socket, { [option]: value })),
        option,
      ).toEqual([]);
    }
  });
});
