// RFC 23/ZMTP: connection metadata, socket types and identities. One clause of spec-notes/rfc-23.md per title.
//
// What the library accepts is tried on a Connection without I/O; what its sockets announce is read by a raw peer.
import { describe, expect, it } from 'vitest';
import * as zmq from '../../src/index.js';
import type { SocketType } from '../../src/protocol/socket-types.js';
import { PEER, type Setup, sent, started, verdict } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { RawPeer } from '../support/raw-peer.js';
import { bound, open } from '../support/sockets.js';
import { command, greeting, message, property, ready } from '../support/wire.js';

const SOCKETS: Record<SocketType, new () => zmq.Socket> = {
  REQ: zmq.Request,
  REP: zmq.Reply,
  DEALER: zmq.Dealer,
  ROUTER: zmq.Router,
  PUB: zmq.Publisher,
  XPUB: zmq.XPublisher,
  SUB: zmq.Subscriber,
  XSUB: zmq.XSubscriber,
  PUSH: zmq.Push,
  PULL: zmq.Pull,
  PAIR: zmq.Pair,
};
const TYPES = Object.keys(SOCKETS) as SocketType[];

/** The table of RFC 23, row by row. */
const LEGAL: Record<SocketType, string> = {
  REQ: 'REP ROUTER',
  REP: 'REQ DEALER',
  DEALER: 'REP DEALER ROUTER',
  ROUTER: 'REQ DEALER ROUTER',
  PUB: 'SUB XSUB',
  XPUB: 'SUB XSUB',
  SUB: 'PUB XPUB',
  XSUB: 'PUB XPUB',
  PUSH: 'PULL',
  PULL: 'PUSH',
  PAIR: 'PAIR',
};

/** Whether a socket of this type takes a peer that says READY with this metadata. */
function outcome(setup: Setup, ...metadata: Buffer[]) {
  const { connection, recorder } = started(setup);
  const bytes = Buffer.concat([greeting(), command('READY', Buffer.concat(metadata))]);
  const result = verdict({ connection, recorder }, [bytes]);
  return { ...result, peer: recorder.peers[0] };
}

/** What a bound socket of this type says in its READY. */
async function announced(socket: zmq.Socket, type: SocketType): Promise<Map<string, Buffer>> {
  const peer = await RawPeer.connect(await bound(socket));
  return peer.handshake(PEER[type]);
}

describe('Metadata', () => {
  it('ZMTP23-METADATA-1 travels as a dictionary of names and values in READY', () => {
    const { peer } = outcome({}, property('Socket-Type', 'PUSH'), property('X-Colour', 'blue'));
    expect([...peer!.properties]).toEqual([
      ['socket-type', Buffer.from('PUSH')],
      ['x-colour', Buffer.from('blue')],
    ]);
  });

  it('ZMTP23-METADATA-2 has names without regard to case', () => {
    for (const name of ['Socket-Type', 'socket-type', 'SOCKET-TYPE']) {
      expect(outcome({ socketType: 'ROUTER' }, property(name, 'DEALER')).state).toBe('traffic');
    }
    for (const name of ['Identity', 'identity', 'IDENTITY']) {
      const { peer } = outcome({ socketType: 'ROUTER' }, property('Socket-Type', 'DEALER'), property(name, 'me'));
      expect(String(peer!.routingId)).toBe('me');
    }
  });

  it('ZMTP23-METADATA-3 says the Socket-Type of every socket, and closes on a peer that does not say its own', async () => {
    for (const type of TYPES) {
      const metadata = await announced(open(new SOCKETS[type]()), type);
      expect(String(metadata.get('Socket-Type'))).toBe(type);
    }
    expect(outcome({})).toMatchObject({ violation: 'metadata-malformed', state: 'closed' });
    expect(outcome({}, property('Identity', 'me'))).toMatchObject({ state: 'closed' });
  });

  it('ZMTP23-METADATA-4 says the Identity that REQ, DEALER and ROUTER were given, and no other socket has one', async () => {
    for (const [socket, type] of [
      [open(new zmq.Request({ routingId: 'mine' })), 'REQ'],
      [open(new zmq.Dealer({ routingId: 'mine' })), 'DEALER'],
      [open(new zmq.Router({ routingId: 'mine' })), 'ROUTER'],
    ] as const) {
      expect(String((await announced(socket, type)).get('Identity'))).toBe('mine');
    }
    for (const type of ['REP', 'PUB', 'XPUB', 'SUB', 'XSUB', 'PUSH', 'PULL', 'PAIR'] as const) {
      const socket = type === 'REP' ? new zmq.Reply({ routingId: 'mine' }) : new SOCKETS[type]();
      const identity = (await announced(open(socket), type)).get('Identity');
      expect(identity ?? Buffer.alloc(0)).toEqual(Buffer.alloc(0));
    }
  });

  it('ZMTP23-METADATA-5 may hold properties that the library does not know', () => {
    const bytes = Buffer.concat([
      greeting(),
      ready('PUSH', property('Implementation', 'x/1'), property('Zz.+-_0', Buffer.alloc(3))),
      message('m'),
    ]);
    eachDelivery(bytes, (chunks) => {
      expect(verdict(started(), chunks)).toMatchObject({ log: ['ready PUSH', 'message m'], state: 'traffic' });
    });
  });

  it('ZMTP23-METADATA-6 leaves names with X- to the application: the library sends none', async () => {
    for (const type of TYPES) {
      const names = [...(await announced(open(new SOCKETS[type]()), type)).keys()];
      expect(names.filter((name) => /^x-/i.test(name))).toEqual([]);
    }
  });
});

describe('Socket-Type', () => {
  it('ZMTP23-TYPE-1 closes on a Socket-Type that is not exactly one of the grammar', () => {
    const wrong = ['', 'push', 'Push', 'PUSH ', 'PUSH\0', ' PUSH', 'PUS', 'PUSHX', 'STREAM', 'DGRAM', 'XREP', '\xff'];
    for (const type of wrong) {
      expect(outcome({}, property('Socket-Type', type))).toMatchObject({ violation: 'socket-type', state: 'closed' });
    }
  });

  it('ZMTP23-TYPE-2 accepts the pairs of the table and closes on every other', () => {
    for (const own of TYPES) {
      for (const peer of TYPES) {
        const legal = LEGAL[own].split(' ').includes(peer);
        const { state, log } = outcome({ socketType: own }, property('Socket-Type', peer));
        expect([own, peer, state, log]).toEqual([
          own,
          peer,
          legal ? 'traffic' : 'closed',
          legal ? [`ready ${peer}`] : [],
        ]);
      }
    }
  });

  it('ZMTP23-TYPE-3 answers a wrong Socket-Type with ERROR, then closes', async () => {
    const { sent: said } = outcome({}, property('Socket-Type', 'SUB'));
    expect(said.map((text) => text.split(' ')[0])).toEqual(['greeting', 'READY', 'ERROR']);
    const peer = await RawPeer.connect(await bound(open(new zmq.Pull())));
    peer.write(greeting(), ready('SUB'));
    await peer.bytes(64);
    expect((await peer.command()).name).toBe('READY');
    const { name, data } = await peer.command();
    expect([name, data[0]]).toEqual(['ERROR', data.length - 1]);
    expect(data.toString('latin1', 1)).toMatch(/^[\x21-\x7e ]*$/);
    expect(await peer.closed).toEqual(Buffer.alloc(0));
  });
});

describe('Identity', () => {
  it('ZMTP23-IDENTITY-1 is what a ROUTER addresses a REQ, DEALER or ROUTER peer by', async () => {
    const router = open(new zmq.Router());
    const endpoint = await bound(router);
    for (const type of ['REQ', 'DEALER', 'ROUTER']) {
      const peer = await RawPeer.join(endpoint, type, { identity: `id of ${type}` });
      await peer.sync();
      await router.send([`id of ${type}`, 'hello']);
      expect(await peer.text()).toEqual(['hello']);
    }
  });

  it('ZMTP23-IDENTITY-2 is ignored from every other type, even when it would be illegal', () => {
    for (const own of TYPES) {
      for (const peer of LEGAL[own].split(' ')) {
        if (['REQ', 'DEALER', 'ROUTER'].includes(peer)) continue;
        for (const identity of [Buffer.from('me'), Buffer.from([0, 1]), Buffer.alloc(256, 1)]) {
          const metadata = [property('Socket-Type', peer), property('Identity', identity)];
          const result = outcome({ socketType: own }, ...metadata);
          expect([own, peer, result.state]).toEqual([own, peer, 'traffic']);
        }
      }
    }
  });

  it('ZMTP23-IDENTITY-3 is 0 to 255 octets: empty counts as none, 256 octets close', () => {
    const dealer = property('Socket-Type', 'DEALER');
    const setup: Setup = { socketType: 'ROUTER' };
    for (const size of [0, 1, 255]) {
      const identity = Buffer.alloc(size, 0xff);
      const { state, peer } = outcome(setup, dealer, property('Identity', identity));
      expect([state, peer!.routingId]).toEqual(['traffic', identity]);
    }
    expect(outcome(setup, dealer, property('Identity', Buffer.alloc(256, 1)))).toMatchObject({ state: 'closed' });
  });
});

describe('Worked example', () => {
  const dealerReady = Buffer.from(
    '0429055245414459' + '0b536f636b65742d54797065' + '000000064445414c4552' + '084964656e74697479' + '00000000',
    'hex',
  );
  const routerReady = Buffer.from('041c055245414459' + '0b536f636b65742d54797065' + '00000006524f55544552', 'hex');

  it('ZMTP23-EXAMPLE-1 takes the greeting in two parts and the READY of the DEALER, as printed', () => {
    const start = Buffer.from('ff00000000000000007f03', 'hex');
    const rest = Buffer.concat([Buffer.from([0]), greeting().subarray(12)]);
    const { connection, recorder } = started({ socketType: 'ROUTER' });
    for (const bytes of [start, rest, dealerReady]) connection.receive(bytes, 0);
    expect(recorder.log).toEqual(['ready DEALER']);
    expect(recorder.peer.routingId).toHaveLength(0);
    expect(sent(connection)[0]).toBe('greeting');
  });

  it('ZMTP23-EXAMPLE-2 takes the READY of the ROUTER, without Identity, as printed', () => {
    eachDelivery(Buffer.concat([greeting({ minor: 0 }), routerReady]), (chunks) => {
      expect(verdict(started({ socketType: 'DEALER' }), chunks)).toMatchObject({ log: ['ready ROUTER'] });
    });
  });
});
