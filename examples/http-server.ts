/**
 * STREAM: a web server in a few lines, as in the ZeroMQ guide. A browser, or node's fetch, is a peer like any other: it has a
 * routing id, says something, gets an answer, and is sent away with an empty message.
 *
 *   npx tsx examples/http-server.ts [endpoint]
 */
import { Stream } from '../src/index.js'; // In a program of yours: from 'zmtp'.

/** Bytes of a request's head; whoever sends more gets no answer. */
const HEAD_MAX = 8192;

const server = new Stream({ linger: 1000 });
await server.bind(process.argv[2] ?? 'tcp://127.0.0.1:*');
console.log(String(server.lastEndpoint).replace('tcp:', 'http:'));

/** What each peer has said so far: a request may come in pieces. */
const heads = new Map<string, string>();

for await (const [id, data] of server) {
  const peer = id.toString('hex');
  if (data.length === 0) {
    // It has come, or gone.
    heads.delete(peer);
    continue;
  }
  const head = (heads.get(peer) ?? '') + data.toString('latin1');
  heads.set(peer, head);
  if (!head.includes('\r\n\r\n') && head.length <= HEAD_MAX) continue;
  heads.delete(peer);
  const [method, path] = head.split(' ');
  const body = `You asked to ${method} ${path}.\n`;
  const answer = [
    'HTTP/1.0 200 OK',
    'Content-Type: text/plain',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ];
  try {
    await server.send([id, answer.join('\r\n')]);
    // The peer gets its answer first; then it is gone.
    await server.send([id, null]);
  } catch {
    // EHOSTUNREACH: it did not wait.
  }
}
