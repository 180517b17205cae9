// T13: malformed endpoints are refused at once, with EINVAL, the endpoint and the fault in the message: thrown by connect,
// rejected by bind. Nothing is parsed leniently: no program relies on port 70000 meaning 4464.

import { describe, expect, it } from 'vitest';
import { Pair } from '../../src/index.js';
import { outcome } from '../support/classes.js';
import { open } from '../support/sockets.js';
import { failOnUnhandled } from '../support/unhandled.js';

failOnUnhandled();

const LONG = 'x'.repeat(10_000);

/** Refused by bind and by connect. */
const malformed: [endpoint: string, fault: RegExp][] = [
  ['', /scheme:\/\/address/],
  ['foo', /scheme:\/\/address/],
  [' ', /scheme:\/\/address/],
  ['tcp', /scheme:\/\/address/],
  ['tcp:', /scheme:\/\/address/],
  ['tcp:/', /scheme:\/\/address/],
  ['tcp://', /scheme:\/\/address/],
  ['tcp:/127.0.0.1:5555', /scheme:\/\/address/],
  ['://127.0.0.1:5555', /scheme:\/\/address/],
  ['127.0.0.1:5555', /scheme:\/\/address/],
  [' tcp://127.0.0.1:5555', /scheme:\/\/address/],
  ['1tcp://127.0.0.1:5555', /scheme:\/\/address/],
  ['inproc://', /scheme:\/\/address/],
  ['ipc://', /scheme:\/\/address/],
  ['tcp://127.0.0.1', /host:port/],
  ['tcp://5555', /host:port/],
  ['tcp://::1:5555', /host:port/],
  ['tcp://[::1', /host:port/],
  ['tcp://[::1]', /host:port/],
  ['tcp://[::1]5555', /host:port/],
  ['tcp://::1]:5555', /host:port/],
  ['tcp://[[::1]]:5555', /host:port/],
  ['tcp://user@127.0.0.1:80:5555', /host:port/],
  ['tcp://:5555', /host is missing/],
  ['tcp://[]:5555', /host is missing/],
  ['tcp://a b:5555', /not a host/],
  ['tcp://127.0.0.1 :5555', /not a host/],
  ['tcp://\t127.0.0.1:5555', /not a host/],
  ['tcp://user@127.0.0.1:5555', /not a host/],
  ['tcp:///path:5555', /not a host/],
  ['tcp://[no:hex]:5555', /not a host/],
  ['tcp://[::1 ]:5555', /not a host/],
  ['tcp://höst:5555', /not a host/],
  ['tcp://ho*st:5555', /not a host/],
  ['tcp://127.0.0.1:', /not a port/],
  ['tcp://127.0.0.1:x', /not a port/],
  ['tcp://127.0.0.1:-1', /not a port/],
  ['tcp://127.0.0.1:+1', /not a port/],
  ['tcp://127.0.0.1:0x10', /not a port/],
  ['tcp://127.0.0.1:80x', /not a port/],
  ['tcp://127.0.0.1:1e3', /not a port/],
  ['tcp://127.0.0.1:80.0', /not a port/],
  ['tcp://127.0.0.1:65536', /not a port/],
  ['tcp://127.0.0.1:70000', /not a port/],
  ['tcp://127.0.0.1:99999', /not a port/],
  ['tcp://127.0.0.1:999999999999999999999', /not a port/],
  ['tcp://127.0.0.1: 5555', /not a port/],
  ['tcp://127.0.0.1:5555 ', /not a port/],
  ['tcp://127.0.0.1:5555\n', /not a port/],
  ['tcp://127.0.0.1:5555/', /not a port/],
  ['tcp://127.0.0.1:5555/path', /not a port/],
  ['tcp://127.0.0.1:**', /not a port/],
  ['tcp://127.0.0.1:٥٥', /not a port/],
  ['tcp://127.0.0.1\0:5555', /NUL/],
  ['ipc://a\0b', /NUL/],
  ['inproc://a\0b', /NUL/],
  [`tcp://${LONG}:5555`, /longer than/],
  [`ipc://${LONG}`, /longer than/],
  [`inproc://${LONG}`, /longer than/],
  [LONG, /scheme:\/\/address/],
  ['ipc://@', /abstract/],
];

/** Refused by connect alone: nobody can be reached there. */
const notForConnect: [endpoint: string, fault: RegExp][] = [
  ['tcp://*:5555', /needed/],
  ['tcp://127.0.0.1:*', /needed/],
  ['tcp://127.0.0.1:0', /needed/],
  ['tcp://127.0.0.1:*;*:5555', /needed/],
  ['tcp://;127.0.0.1:5555', /host:port|host is missing/],
  ['tcp://127.0.0.1:0;', /host:port/],
  ['tcp://127.0.0.1;127.0.0.1:5555', /host:port/],
  ['tcp://127.0.0.1:1;127.0.0.1:2;127.0.0.1:3', /semicolon/],
  ['ipc://*', /can only be bound/],
];

/** Refused by bind alone. */
const notForBind: [endpoint: string, fault: RegExp][] = [
  ['tcp://127.0.0.1:*;127.0.0.1:5555', /host:port/],
  ['tcp://127.0.0.1:5555;6', /not a port/],
];

async function expectRefused(verb: 'bind' | 'connect', endpoint: string, fault: RegExp): Promise<void> {
  const socket = open(new Pair());
  const { how, error } = await outcome(() => socket[verb](endpoint));
  expect(how).toBe(verb === 'bind' ? 'rejected' : 'threw');
  expect(error).toMatchObject({ code: 'EINVAL', errno: 22, address: endpoint });
  expect(error?.message).toBe('Invalid argument');
  expect(error?.detail).toMatch(fault);
  expect(error?.detail).toContain(JSON.stringify(endpoint.slice(0, 100)).slice(1, -1));
  expect(error?.detail?.length).toBeLessThan(1000);
  expect([...(error?.detail ?? '')].every((character) => character >= ' ')).toBe(true);
  expect(socket.lastEndpoint).toBeNull();
  await socket.bind('tcp://127.0.0.1:*');
}

const shown = (endpoint: string): string => JSON.stringify(endpoint).slice(0, 60);
const titled = (rows: [string, RegExp][]): [string, string, RegExp][] => rows.map(([e, f]) => [shown(e), e, f]);

describe.each(['bind', 'connect'] as const)('T13 %s refuses', (verb) => {
  it.each(titled(malformed))('%s', (_title, endpoint, fault) => expectRefused(verb, endpoint, fault));
});

describe('T13 only connect refuses', () => {
  it.each(titled(notForConnect))('%s', (_title, endpoint, fault) => expectRefused('connect', endpoint, fault));
});

describe('T13 only bind refuses', () => {
  it.each(titled(notForBind))('%s', (_title, endpoint, fault) => expectRefused('bind', endpoint, fault));
});

describe('unknown schemes are EPROTONOSUPPORT', () => {
  const schemes = ['TCP', 'Tcp', 'http', 'wss', 'pgm', 'vmci', 'tcps', 'toString', 'constructor'];
  it.each(schemes)('%s', async (scheme) => {
    for (const verb of ['bind', 'connect'] as const) {
      const endpoint = `${scheme}://127.0.0.1:5555`;
      const { how, error } = await outcome(() => open(new Pair())[verb](endpoint));
      expect(how).toBe(verb === 'bind' ? 'rejected' : 'threw');
      expect(error).toMatchObject({ code: 'EPROTONOSUPPORT', address: endpoint });
      expect(error?.message).toMatch(/^Protocol not supported/);
    }
  });
});

describe('accepted by connect, whoever is there', () => {
  it.each([
    'tcp://127.0.0.1:1',
    'tcp://localhost:65535',
    'tcp://no-such-host.invalid:5555',
    'tcp://under_score.invalid:5555',
    'tcp://999.999.999.999:5555',
    'tcp://[::1]:5555',
    'tcp://127.0.0.1:*;127.0.0.1:5555',
    'tcp://lo:0;127.0.0.1:5555',
    'tcp://no-such-interface:0;127.0.0.1:5555',
    'ipc://no/such/file',
    'inproc://nobody',
    'inproc://with spaces and ünïcode',
  ])('%s', async (endpoint) => {
    const socket = open(new Pair());
    socket.connect(endpoint);
    expect(socket.lastEndpoint).toBe(endpoint);
    socket.disconnect(endpoint);
  });
});
