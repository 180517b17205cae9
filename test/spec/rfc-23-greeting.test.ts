// RFC 23/ZMTP: connection stages, greeting, version negotiation, topology, mechanism negotiation, older peers.
// One clause of spec-notes/rfc-23.md per title, on a Connection without I/O; every input in every delivery.
import { describe, expect, it } from 'vitest';
import type { Violation } from '../../src/errors.js';
import { Pull, Push } from '../../src/index.js';
import { CONNECTION_STATES } from '../../src/protocol/connection.js';
import { sent, started, verdict, violationOf } from '../support/connections.js';
import { eachDelivery } from '../support/deliveries.js';
import { RawPeer, RawServer } from '../support/raw-peer.js';
import { bound, open } from '../support/sockets.js';
import { type GreetingFields, greeting, message, ready } from '../support/wire.js';

const NUL = Buffer.alloc(1);

/** A greeting with these fields leads to traffic. */
function accepts(fields: GreetingFields): void {
  const bytes = Buffer.concat([greeting(fields), ready('PUSH'), message('m')]);
  eachDelivery(bytes, (chunks) => {
    const result = verdict(started(), chunks);
    expect(result).toMatchObject({ log: ['ready PUSH', 'message m'], violation: undefined, state: 'traffic' });
  });
}

/** These bytes close the connection for this reason, at octet `at` when they come one by one. */
function refuses(bytes: Buffer, violation: Violation, at?: number): void {
  eachDelivery(bytes, (chunks) => {
    expect(verdict(started(), chunks)).toMatchObject({ log: [], violation, state: 'closed' });
  });
  if (at === undefined) return;
  const { connection } = started();
  for (const octet of bytes.subarray(0, at)) {
    expect(connection.state).toBe('greeting');
    violationOf(() => connection.receive(Buffer.of(octet), 0));
  }
  expect(connection.state).toBe('closed');
}

/** What a new connection says first, before it has heard anything. */
const opening = () => Buffer.concat(started().connection.output.take());

describe('Connection stages', () => {
  it('ZMTP23-STAGES-1 goes from greeting to handshake to traffic and never back', () => {
    expect(CONNECTION_STATES).toEqual({
      greeting: { greeted: 'handshake', closed: 'closed' },
      // Pauses within the handshake: while somebody decides about the peer (RFC 27), and while costly work waits.
      handshake: { asked: 'zap', costly: 'work', ready: 'traffic', closed: 'closed' },
      zap: { answered: 'handshake', closed: 'closed' },
      work: { done: 'handshake', closed: 'closed' },
      traffic: { closed: 'closed' },
      closed: { closed: 'closed' },
    });
    const { connection, recorder } = started();
    const states = [greeting(), ready('PUSH'), message('m')].map((bytes) => {
      connection.receive(bytes, 0);
      return connection.state;
    });
    expect(states).toEqual(['handshake', 'traffic', 'traffic']);
    expect(recorder.log).toEqual(['ready PUSH', 'message m']);
  });
});

describe('Greeting', () => {
  it('ZMTP23-GREETING-1 sends signature, version, mechanism, as-server and filler: 64 octets', () => {
    const expected = `ff00000000000000007f0301${Buffer.from('NULL').toString('hex')}${'00'.repeat(16 + 1 + 31)}`;
    expect(opening().toString('hex')).toBe(expected);
  });

  it('ZMTP23-GREETING-2 closes at the first octet when it is not FF', () => {
    refuses(Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'greeting-signature', 1);
    refuses(Buffer.from('160301020001000', 'latin1'), 'greeting-signature', 1);
    refuses(Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'), 'greeting-signature', 1);
    for (const first of [0x00, 0x01, 0x7f, 0xfe]) refuses(Buffer.of(first, 0), 'greeting-signature', 1);
  });

  it('ZMTP23-GREETING-3 closes when octet 10 has bit 0 clear, and takes any octet with bit 0 set for 7F', () => {
    const signature = (last: number) => Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 0, last]);
    for (const last of [0x00, 0x02, 0x7e, 0xfe]) {
      refuses(greeting({ signature: signature(last) }), 'greeting-signature', 10);
    }
    for (const last of [0x01, 0x7f, 0xff]) accepts({ signature: signature(last) });
  });

  it('ZMTP23-GREETING-4 takes a mechanism field of 20 mechanism characters, padded with zeros', () => {
    for (const mechanism of ['null', 'NULL ', 'NULL\n', 'NULL\0X', '\0NULL', '', Buffer.alloc(20, 0xff)]) {
      refuses(greeting({ mechanism }), 'greeting-mechanism', 64);
    }
    accepts({ mechanism: 'NULL' });
  });

  it('ZMTP23-GREETING-5 sends 00 as as-server and accepts 00 and 01', () => {
    expect(opening()[32]).toBe(0);
    for (const asServer of [0, 1]) accepts({ asServer });
  });

  it('ZMTP23-GREETING-6 sends 31 zero octets of filler and accepts any filler', () => {
    expect(opening().subarray(33)).toEqual(Buffer.alloc(31));
    accepts({ filler: Buffer.alloc(31, 0xff) });
    accepts({ filler: Buffer.from('not for us to judge.'.padEnd(31, '!')) });
  });
});

describe('Version negotiation', () => {
  it('ZMTP23-VERSION-1 sends its whole greeting at once, before it has heard anything', () => {
    expect(opening()).toHaveLength(64);
  });

  it('ZMTP23-VERSION-2 expects 64 octets of greeting and says nothing more until it has them', () => {
    const { connection, recorder } = started();
    connection.output.take();
    for (const octet of greeting().subarray(0, 63)) {
      connection.receive(Buffer.of(octet), 0);
      expect([connection.state, connection.output.take()]).toEqual(['greeting', []]);
    }
    connection.receive(NUL, 0);
    expect(connection.state).toBe('handshake');
    expect(sent(connection)).toHaveLength(1);
    expect(recorder.log).toEqual([]);
  });

  it('ZMTP23-VERSION-3 sends zeros in the padding of its signature', () => {
    expect(opening().subarray(1, 9)).toEqual(Buffer.alloc(8));
  });

  it('ZMTP23-VERSION-4 neither validates nor interprets the padding it receives', () => {
    for (const padding of ['0123456789abcdef', 'ffffffffffffffff', '0000000000000001', '0000000000000100']) {
      accepts({ signature: Buffer.from(`ff${padding}7f`, 'hex') });
    }
  });

  it('ZMTP23-VERSION-5 accepts every version from 3.0 upwards', () => {
    for (const [major, minor] of [
      [3, 0],
      [3, 1],
      [3, 2],
      [3, 255],
      [4, 0],
      [5, 7],
      [255, 255],
    ] as const) {
      accepts({ major, minor });
    }
  });

  it('ZMTP23-VERSION-6 speaks its own version to a peer of a higher one', () => {
    for (const fields of [{ minor: 2 }, { major: 4, minor: 0 }, { major: 9, minor: 9 }]) {
      const { connection } = started();
      const first = connection.output.take();
      expect(Buffer.concat(first)).toEqual(greeting({ major: 3, minor: 1 }));
      connection.receive(Buffer.concat([greeting(fields), ready('PUSH')]), 0);
      connection.output.take();
      connection.send([Buffer.from('m')]);
      expect(Buffer.concat(connection.output.take())).toEqual(message('m'));
    }
  });

  it('ZMTP23-VERSION-7 closes on a version below 3.0 at its octet', () => {
    for (const major of [0, 1, 2]) refuses(greeting({ major }), 'greeting-version', 11);
  });
});

describe('Topology', () => {
  it('ZMTP23-TOPOLOGY-1 sends as-server 0 whether it binds or connects', async () => {
    const pull = open(new Pull());
    const joined = await RawPeer.connect(await bound(pull));
    const push = open(new Push());
    const server = await RawServer.listen();
    push.connect(server.endpoint);
    const accepted = await server.accept();
    for (const peer of [joined, accepted]) expect((await peer.bytes(64))[32]).toBe(0);
  });

  it('ZMTP23-TOPOLOGY-2 gives as-server no meaning with NULL, whatever octet the peer sends', () => {
    for (const asServer of [0x00, 0x01, 0x02, 0x7f, 0xff]) accepts({ asServer });
  });
});

describe('Mechanism negotiation', () => {
  it('ZMTP23-MECHANISM-1 announces one mechanism, by a name that a ZeroMQ RFC defines', () => {
    const field = opening().toString('latin1', 12, 32);
    expect(field.replace(/\0+$/, '')).toBe('NULL');
    expect(field).toMatch(/^[A-Z][A-Z0-9_-]*\0+$/);
  });

  it('ZMTP23-MECHANISM-2 has sent its mechanism by the time it reads that of the peer', () => {
    const { connection } = started();
    expect(Buffer.concat(connection.output.take())).toHaveLength(64);
    connection.receive(greeting(), 0);
    expect(connection.state).toBe('handshake');
  });

  it('ZMTP23-MECHANISM-3 closes when the mechanism of the peer is not exactly its own', () => {
    for (const mechanism of ['PLAIN', 'CURVE', 'GSSAPI', 'NULLX', 'NUL', 'ABCDEFGHIJKLMNOPQRST']) {
      refuses(greeting({ mechanism }), 'greeting-mechanism', 64);
    }
  });
});

describe('Older peers', () => {
  it('ZMTP23-OLDER-1 turns a ZMTP 2.0 peer away, by its version', () => {
    const zmtp2 = Buffer.concat([Buffer.from('ff00000000000000017f', 'hex'), Buffer.from([1, 7, 0, 0])]);
    refuses(zmtp2, 'greeting-version', 11);
  });

  it('ZMTP23-OLDER-2 turns a ZMTP 1.0 peer away, by its first or tenth octet', () => {
    refuses(Buffer.from('0100', 'hex'), 'greeting-signature', 1);
    refuses(Buffer.concat([Buffer.of(6, 0), Buffer.from('hello')]), 'greeting-signature', 1);
    refuses(Buffer.from('ff000000000000012c00', 'hex'), 'greeting-signature', 10);
  });

  it('ZMTP23-OLDER-3 accepts the pseudo-signature of a peer that probes for older versions', () => {
    accepts({ signature: Buffer.from('ff00000000000000017f', 'hex') });
    accepts({ signature: Buffer.from('ff00000000000001007f', 'hex') });
  });

  it('ZMTP23-OLDER-4 does not wait for the peer: two peers that probe in steps both get through', () => {
    const { connection, recorder } = started();
    const steps = [greeting().subarray(0, 10), greeting().subarray(10, 11), greeting().subarray(11), ready('PUSH')];
    for (const step of steps) connection.receive(step, 0);
    expect(recorder.log).toEqual(['ready PUSH']);
  });
});
