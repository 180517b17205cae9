/**
 * Gates, run as users run them: several on one machine, commanded, and addressed by strangers. No message and no file that
 * others may write ends one, and two never have the same name.
 */

import { readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { decodeReply } from '../../examples/session-gate/wire.js';
import { Reply, Request, writeSession, XPublisher } from '../../src/index.js';
import { DEADLINE, until, within } from '../support/peers/deadline.js';
import { client, folder, follow, gate, keepHouse, lines, NOBODY, run, sessionOf, start, WINDOWS } from './gates.js';
import type { Outcome } from './run.js';

keepHouse();

describe('gates', () => {
  test('several at once are listed with their endpoints, and end when they are told', async () => {
    const gates = await Promise.all([gate('alpha'), gate('beta', '--transport', 'tcp'), gate('gamma.2_x')]);
    const { code, output } = await run('gates', 'list');
    expect(code).toBe(0);
    expect(lines(output)).toEqual([
      expect.stringMatching(new RegExp(`^alpha: pid ${gates[0].pid}, since \\S+Z, commands ipc://\\S+, events ipc://`)),
      expect.stringMatching(
        new RegExp(`^beta: pid ${gates[1].pid}, since \\S+Z, commands tcp://127\\.0\\.0\\.1:\\d+, `),
      ),
      expect.stringMatching(new RegExp(`^gamma\\.2_x: pid ${gates[2].pid}, `)),
    ]);
    for (const name of ['alpha', 'beta', 'gamma.2_x']) {
      expect(await client(name).ask('stop')).toBe('stopping');
    }
    for (const running of gates) {
      const { code, output } = await within(running.ended, 'the end of a gate');
      expect([code, lines(output).length, lines(output)[1]]).toEqual([0, 2, expect.stringMatching(/: ended$/)]);
    }
    expect(await run('gates', 'list')).toMatchObject({ code: 0, output: 'no gate is alive here\n' });
    expect(await run('gates', 'clean')).toMatchObject({ code: 0, output: 'nothing to clean\n' });
  });

  test.skipIf(WINDOWS).each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s is a clean stop', async (signal) => {
    const running = await gate('alpha');
    running.kill(signal);
    expect(await within(running.ended, 'the end of a gate')).toMatchObject({ code: 0, signal: null });
    expect(await run('gates', 'clean')).toMatchObject({ output: 'nothing to clean\n' });
  });

  test('a second one of the same name is refused, over any transport, and the first is unharmed', async () => {
    const { pid } = await gate('alpha');
    await client('alpha').ask('set', 'mode', 'dark');
    for (const transport of ['ipc', 'tcp', 'ipc-or-tcp']) {
      const second = await run('gate', 'alpha', '--transport', transport);
      expect(second).toMatchObject({ code: 3, output: `alpha runs already: pid ${pid}\n` });
    }
    expect(await client('alpha').ask('get', 'mode')).toBe('dark');
    expect((await sessionOf('alpha')).pid).toBe(pid);
  });

  test('of several that start at once, one runs', async () => {
    const rivals = [start('gate', 'alpha'), start('gate', 'alpha'), start('gate', 'alpha')];
    const losers: Outcome[] = [];
    for (const { ended } of rivals) void ended.then((outcome) => losers.push(outcome));
    await until(() => losers.length === 2, 'the end of two of three', 3 * DEADLINE);
    const { pid } = await sessionOf('alpha');
    expect(losers).toEqual(
      Array(2).fill(expect.objectContaining({ code: 3, output: `alpha runs already: pid ${pid}\n` })),
    );
    expect(await client('alpha').ask('ping')).toBe('pong');
  });

  test.each([
    ['gate', ['a;rm -rf'], /^a name consists of letters, digits.*got 'a;rm -rf'$/],
    ['gate', ['../alpha'], /^a name consists of letters/],
    ['gate', ['..'], /^a name consists of letters/],
    ['gate', ['x'.repeat(125)], /^a name consists of letters, digits.* 128 at most/],
    ['gate', ['alpha-events'], /^a name does not end in "-events"/],
    ['gate', [], /^the name of the gate is missing$/],
    ['gate', ['alpha', 'beta'], /^'beta' is too much$/],
    ['gate', ['alpha', '--transport', 'udp'], /^--transport takes one of ipc, tcp, ipc-or-tcp, not 'udp'$/],
    ['gate', ['alpha', '--colour'], /^Unknown option '--colour'/],
    ['client', ['a b', 'ping'], /^a name consists of letters/],
    ['client', ['alpha'], /^the command is missing$/],
    ['client', ['alpha', 'ping', '--timeout', 'soon'], /^--timeout takes a whole number from 1 to \d+, not 'soon'$/],
    ['follow', ['alpha', '--events', '0'], /^--events takes a whole number/],
    ['extension', ['counter'], /^--of says whose events to count$/],
    ['extension', ['counter', '--of', 'counter'], /^an extension does not count its own events$/],
    ['gates', ['destroy'], /^say list or clean$/],
  ])('%s %j: exit code 2 and the reason', async (program, args, reason) => {
    const { code, output } = await run(program, ...args);
    expect(code).toBe(2);
    expect(lines(output)[0]).toMatch(reason);
    expect(output).toContain('\n\nUsage: npx tsx examples/session-gate/');
  });
});

describe('commands', () => {
  test.each(['ipc', 'tcp'])('over %s, from the command line', async (transport) => {
    const { pid } = await gate('alpha', '--transport', transport);
    const ask = async (...words: string[]) => {
      const { code, output } = await run('client', 'alpha', ...words);
      return [code, output.trimEnd()];
    };
    expect(await ask('ping')).toEqual([0, 'pong']);
    expect(await ask('set', 'mode', 'dark')).toEqual([0, 'ok']);
    expect(await ask('get', 'mode')).toEqual([0, 'dark']);
    expect(await ask('--', 'set', '--mode', '-1')).toEqual([0, 'ok']);
    expect(await ask('get', 'colour')).toEqual([1, 'nothing is kept under "colour"']);
    const [code, status] = await ask('status');
    expect([code, JSON.parse(String(status))]).toEqual([
      0,
      { name: 'alpha', pid, since: expect.stringMatching(/Z$/), events: 2, state: { mode: 'dark', '--mode': '-1' } },
    ]);
  });

  test('what a gate refuses is said by it, and it goes on', async () => {
    await gate('alpha');
    const asking = client('alpha');
    const refused = async (...words: [string, ...string[]]) =>
      String(await asking.ask(...words).catch((error) => error));
    expect(await refused('dance')).toBe('Error: a command is one of set, get, publish, ping, status, stop');
    expect(await refused('constructor')).toContain('a command is one of');
    expect(await refused('set', 'mode')).toBe('Error: usage: set KEY VALUE');
    expect(await refused('publish', 'welcome/x', 'hello')).toContain('topics that begin with "welcome/"');
    expect(await refused('set', 'mode', 'x'.repeat(70_000))).toBe('Error: a command has 65536 bytes at most');
    expect(await asking.ask('set', '__proto__', 'x')).toBe('ok');
    expect(await asking.ask('get', '__proto__')).toBe('x');
  });

  test('nobody there: no such folder, no such gate', async () => {
    expect(await run('client', 'alpha', 'ping')).toMatchObject(NOBODY);
    await gate('beta');
    expect(await run('client', 'alpha', 'ping')).toMatchObject(NOBODY);
  });

  describe('without an answer', () => {
    /** A session of this process, whose commands arrive and are never answered. */
    async function silentGate(): Promise<Reply> {
      const silent = new Reply({ linger: 0 });
      onTestFinished(() => silent.close());
      await silent.bind('tcp://127.0.0.1:*');
      const session = await writeSession(folder, 'alpha', { endpoints: { commands: silent.lastEndpoint! } });
      onTestFinished(() => session.remove());
      return silent;
    }

    test('a client waits as long as it was told', async () => {
      await silentGate();
      const late = await run('client', 'alpha', 'ping', '--timeout', '300');
      expect(late).toMatchObject({ code: 5, output: `alpha, pid ${process.pid}, has not answered within 300 ms\n` });
    });

    test('a client does not wait for a gate that is gone', async () => {
      const silent = await silentGate();
      const asking = client('alpha', 10 * DEADLINE).ask('ping');
      const rejected = expect(asking).rejects.toThrow(/^alpha, pid \d+, was lost before it answered$/);
      await within(silent.receive(), 'the command');
      silent.close();
      await within(rejected, 'the end of the wait');
    });
  });
});

describe('strangers', () => {
  async function stranger(
    name: string,
  ): Promise<{ say(...frames: (string | Buffer)[]): Promise<string>; token: string }> {
    const { endpoints, properties } = await sessionOf(name);
    const request = new Request({ linger: 0, receiveTimeout: DEADLINE });
    onTestFinished(() => request.close());
    request.connect(endpoints.commands!);
    const say = async (...frames: (string | Buffer)[]) => {
      await request.send(frames);
      const reply = await request.receive();
      try {
        return String(decodeReply(reply));
      } catch (error) {
        return (error as Error).message;
      }
    };
    return { say, token: properties.token! };
  }

  test.each(['ipc', 'tcp'])('malformed commands over %s get an error, and the gate serves on', async (transport) => {
    await gate('alpha', '--transport', transport);
    const { say, token } = await stranger('alpha');
    const command = (change: object) => JSON.stringify({ token, command: 'ping', words: [], ...change });
    expect(await say(command({}))).toBe('pong');
    expect(await say('')).toBe('this is no JSON text');
    expect(await say('{')).toBe('this is no JSON text');
    expect(await say(Buffer.of(0xff, 0, 0xfe))).toBe('this is no JSON text');
    expect(await say('null')).toBe('this is no JSON object');
    expect(await say('[]')).toMatch(/^a command carries the token/);
    expect(await say(command({}), command({}))).toBe('a command is one frame, not 2');
    expect(await say(command({ command: 7 }))).toBe('a command has its name in "command"');
    expect(await say(command({ words: 'x' }))).toBe('a command has a list of strings in "words"');
    expect(await say(command({ words: [1] }))).toBe('a command has a list of strings in "words"');
    expect(await say(command({ words: ['x'] }))).toBe('usage: ping');
    expect(await client('alpha').ask('ping')).toBe('pong');
  });

  test('without the token nothing is obeyed', async () => {
    await gate('alpha', '--transport', 'tcp');
    await gate('beta', '--transport', 'tcp');
    const { say, token } = await stranger('alpha');
    const other = (await sessionOf('beta')).properties.token!;
    for (const wrong of ['', 'guess', token.slice(1), `${token}x`, other]) {
      const text = JSON.stringify({ token: wrong, command: 'stop', words: [] });
      expect(await say(text)).toBe('this is not the token of this gate');
    }
    expect(await say(JSON.stringify({ command: 'stop', words: [] }))).toMatch(/^a command carries the token/);
    expect(await client('alpha').ask('ping')).toBe('pong');
  });

  test('bytes that are no ZMTP, and messages that are too long, cost their sender its connection', async () => {
    await gate('alpha', '--transport', 'tcp');
    const { endpoints } = await sessionOf('alpha');
    for (const endpoint of Object.values(endpoints)) {
      const socket = connect(Number(new URL(endpoint).port), '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n\r\n'));
      const closed = new Promise((resolve) => socket.on('close', resolve).on('error', () => {}));
      socket.resume();
      await within(closed, 'the end of a connection');
    }
    const talkative = new Request({ linger: 0 });
    onTestFinished(() => talkative.close());
    const dropped = new Promise((resolve) => talkative.events.on('disconnect', resolve));
    talkative.connect(endpoints.commands!);
    await talkative.send('x'.repeat(100_000));
    await within(dropped, 'the end of a connection');
    expect(await client('alpha').ask('ping')).toBe('pong');
  });

  test('what is no event is passed over by followers', async () => {
    const publisher = new XPublisher({ linger: 0 });
    onTestFinished(() => publisher.close());
    await publisher.bind('tcp://127.0.0.1:*');
    const session = await writeSession(folder, 'alpha', { endpoints: { events: publisher.lastEndpoint! } });
    onTestFinished(() => session.remove());
    const { seen } = follow('alpha');
    await within(publisher.receive(), 'a subscription');
    for (const event of ['', 'topic', ['topic', '{'], ['topic', 'null'], ['topic', '{ "number": 1 }']]) {
      await publisher.send(event);
    }
    await until(() => seen.length > 0, 'an event');
    expect(seen).toEqual([{ topic: 'topic', number: 1, data: {} }]);
  });

  test.skipIf(WINDOWS)('sockets, and the session with the token, are for this user only', async () => {
    await gate('alpha');
    const modes = readdirSync(folder).map((file) => [file, (statSync(join(folder, file)).mode & 0o777).toString(8)]);
    expect(Object.fromEntries(modes)).toEqual({
      'alpha.sock': '600',
      'alpha-events.sock': '600',
      'alpha.zmtp.json': '600',
    });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});
