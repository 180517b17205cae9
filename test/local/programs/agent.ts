// A process of its own that does what its parent says: a line of JSON with a verb and its arguments on standard input, the
// outcome as a line on standard output. For tests in which several processes meet at one name. Ends with its input.

import { createInterface } from 'node:readline';
import * as zmtp from '../../../src/index.js';

const sockets: zmtp.Socket[] = [];
const sessions: zmtp.OwnSession[] = [];
const local = zmtp as unknown as Record<string, (...values: unknown[]) => unknown>;

const verbs: Record<string, (...values: never[]) => unknown> = {
  async bind(endpoint: string, options: object = {}) {
    const pull = new zmtp.Pull(options);
    await pull.bind(endpoint);
    sockets.push(pull);
    return pull.lastEndpoint;
  },
  /** Binds, and sends large messages to whoever comes, without an end. */
  async flood(endpoint: string) {
    const push = new zmtp.Push({ sendHighWaterMark: 4 });
    await push.bind(endpoint);
    sockets.push(push);
    void (async () => {
      for (const body = Buffer.alloc(1024 * 1024); ; ) await push.send(body);
    })();
  },
  async send(endpoint: string, ...texts: string[]) {
    const push = new zmtp.Push();
    push.connect(endpoint);
    for (const text of texts) await push.send(text);
    push.close();
  },
  async receive() {
    return String(await (sockets.at(-1) as zmtp.Pull).receive());
  },
  /** Binds and unbinds again and again. */
  async cycle(endpoint: string, rounds: number) {
    const pull = new zmtp.Pull();
    for (let round = 0; round < rounds; round++) {
      await pull.bind(endpoint);
      await pull.unbind(endpoint);
    }
  },
  /** Why the first attempt to connect fails. */
  async refusal(endpoint: string) {
    const push = new zmtp.Push();
    const failed = new Promise((resolve) => push.events.on('connect:retry', ({ error }) => resolve(error?.code)));
    push.connect(endpoint);
    const code = await failed;
    push.close();
    return code;
  },
  unbind: (endpoint: string) => sockets.at(-1)?.unbind(endpoint),
  close: () => sockets.splice(0).forEach((socket) => void socket.close()),
  async writeSession(folder: string, name: string, content: zmtp.SessionContent) {
    const session = await zmtp.writeSession(folder, name, content);
    sessions.push(session);
    return session;
  },
  /** Writes the same session again and again until told to stop. */
  rewrite(folder: string, name: string, content: zmtp.SessionContent) {
    rewriting = (async () => {
      let rounds = 0;
      for (; !stopped; rounds++) sessions.push(await zmtp.writeSession(folder, name, content));
      return rounds;
    })();
  },
  stop() {
    stopped = true;
    return rewriting;
  },
  async bindLocal(name: string, scope: string, options: zmtp.BindLocalOptions) {
    const pull = new zmtp.Pull();
    sockets.push(pull);
    return zmtp.bindLocal(pull, name, scope, options);
  },
  /** Removes its sessions where nothing that takes time can be done any more. */
  exit() {
    process.on('exit', () => sessions.forEach((session) => void session.remove()));
    process.exit(0);
  },
  /** Ends as a program does that has nothing more to do. */
  end() {
    input.removeAllListeners('close');
    process.stdin.destroy();
  },
  removeSessions: () => sessions.splice(0).forEach((session) => void session.remove()),
  call: (name: string, ...values: unknown[]) => local[name]?.(...values),
  chdir: (folder: string) => process.chdir(folder),
  umask: (mask: number) => process.umask(mask),
  environment: (name: string, value: string) => void Object.assign(process.env, { [name]: value }),
  /** From now on a user without any rights; who is none already stays what he is. */
  unprivileged() {
    if (process.getuid?.() === 0) {
      process.setgroups?.([]);
      process.setgid?.(65534);
      process.setuid?.(65534);
    }
    return process.getuid?.();
  },
};

let stopped = false;
let rewriting: Promise<number> | undefined;

const input = createInterface({ input: process.stdin })
  .on('line', (line) => void act(line))
  .on('close', () => process.exit(0));
process.stdout.write('"ready"\n');

async function act(line: string): Promise<void> {
  const [id, verb, ...values] = JSON.parse(line) as [number, string, ...never[]];
  try {
    const value = await verbs[verb]?.(...values);
    process.stdout.write(`${JSON.stringify([id, true, value])}\n`);
  } catch (error) {
    const { name, code, message, detail } = error as NodeJS.ErrnoException & { detail?: string };
    process.stdout.write(`${JSON.stringify([id, false, { name, code, message, detail }])}\n`);
  }
}
