// `node loaded-modules.js URL`: imports URL and prints which files that loaded, as JSON: their URLs (a hook sees each ES module, the
// cache of `require` has the rest).

import { createRequire, register } from 'node:module';
import { MessageChannel } from 'node:worker_threads';

const HOOKS = `
let port;
export function initialize(data) { port = data.port; }
export async function load(url, context, next) { port.postMessage(url); return next(url, context); }
`;

const { port1, port2 } = new MessageChannel();
const files = new Set<string>();
port1.on('message', (url: string) => files.add(url));
port1.unref();
register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, { data: { port: port2 }, transferList: [port2] });

await import(process.argv[2]);
await new Promise((resolve) => setTimeout(resolve, 50)); // the hook's messages come from another thread

const urls = [...files, ...Object.keys(createRequire(import.meta.url).cache)];
process.stdout.write(JSON.stringify(urls.filter((url) => !url.startsWith('node:')).sort()));
