// tcpAcceptFilter: who may connect to a bound tcp:// endpoint.

import { describe, expect, it } from 'vitest';
import { Pull, Push } from '../../src/index.js';
import { acceptFilter } from '../../src/transport/accept-filter.js';
import { dial } from '../support/net-peers.js';
import { within } from '../support/peers/deadline.js';
import { expectThrough, nextEvent, open } from '../support/sockets.js';

const stays = (address: string | undefined, ...networks: string[]): boolean =>
  acceptFilter(networks)({ remoteAddress: address });

describe('the filter', () => {
  it.each([
    ['without networks takes everybody', '192.0.2.1', [], true],
    ['takes an address of a network', '192.0.2.77', ['192.0.2.0/24'], true],
    ['takes no other', '192.0.3.1', ['192.0.2.0/24'], false],
    ['takes the address itself', '192.0.2.1', ['192.0.2.1/32'], true],
    ['takes no neighbour', '192.0.2.2', ['192.0.2.1/32'], false],
    ['takes who is in any of several', '10.1.2.3', ['192.0.2.1/32', '10.0.0.0/8'], true],
    ['takes IPv4 in its IPv6 form', '::ffff:10.1.2.3', ['10.0.0.0/8'], true],
    ['takes no other IPv4 in its IPv6 form', '::ffff:11.1.2.3', ['10.0.0.0/8'], false],
    ['takes an IPv6 network', '2001:db8::5', ['2001:db8::/32'], true],
    ['takes no other IPv6', '2001:db9::5', ['2001:db8::/32'], false],
    ['takes all of IPv4 with 0 bits', '203.0.113.9', ['0.0.0.0/0'], true],
    ['takes no IPv6 for all of IPv4', '2001:db8::5', ['0.0.0.0/0'], false],
    ['takes nobody who has gone', undefined, ['0.0.0.0/0'], false],
  ] as const)('%s', (_title, address, networks, taken) => {
    expect(stays(address, ...networks)).toBe(taken);
  });
});

describe('a bound socket', () => {
  it('hangs up on a peer from elsewhere, says so, and tells it nothing', async () => {
    const pull = open(new Pull({ tcpAcceptFilter: '192.0.2.0/24' }));
    await pull.bind('tcp://127.0.0.1:*');
    const event = nextEvent(pull, 'accept:error');
    const peer = await dial(String(pull.lastEndpoint));
    await peer.gone();
    expect(peer.received).toHaveLength(0);
    expect(await within(event, 'accept:error')).toMatchObject({
      address: pull.lastEndpoint,
      error: { code: 'EACCES', detail: expect.stringContaining('127.0.0.1') },
    });
  });

  it('takes peers from each of the networks that were set, one after the other', async () => {
    const pull = open(new Pull());
    pull.tcpAcceptFilter = '192.0.2.0/24';
    pull.tcpAcceptFilter = '127.0.0.0/8';
    await pull.bind('tcp://127.0.0.1:*');
    await expectThrough(pull, String(pull.lastEndpoint));
  });

  it('takes everybody again after null, from the next bind on', async () => {
    const pull = open(new Pull({ tcpAcceptFilter: '192.0.2.0/24' }));
    await pull.bind('tcp://127.0.0.1:*');
    const closed = String(pull.lastEndpoint);
    pull.tcpAcceptFilter = null;
    await pull.bind('tcp://127.0.0.1:*');
    await expectThrough(pull, String(pull.lastEndpoint));
    await (await dial(closed)).gone();
  });

  it('asks nobody over ipc', async () => {
    const [pull, push] = [open(new Pull({ tcpAcceptFilter: '192.0.2.0/24' })), open(new Push())];
    await pull.bind('ipc://*');
    push.connect(String(pull.lastEndpoint));
    await push.send('x');
    await within(pull.receive(), 'the message');
  });
});
