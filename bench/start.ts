// `npm run bench:start`: what `import` costs over an empty program, from the start of the process to its end, in turns with the empty
// one; and which modules it loads, so that what is for few (encryption, WebSocket) is seen to stay away until it is used.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Library, type Round, runSideBench } from './side-bench.js';

const GROUP = 'import over an empty program';

/** Modules that nothing may load before it is used: mechanisms with ciphers, their libraries, WebSocket, and what is large in Node. */
const ONLY_WHEN_USED =
  /curve(?!-keys)|websocket|\bws\b|wss|noble|sodium|tweetnacl|node:(child_process|cluster|crypto|dns|https?|net|tls|worker_threads|zlib)\b/;

await runSideBench({
  kind: 'start',
  rounds: 31,
  parts: ['time', 'modules'],
  libraries: ['zmtp', 'zeromq.js'],
  async round(round) {
    await round.part('time', () => timeOf(round));
    await round.part('modules', () => modulesOf(round));
  },
});

function timeOf({ library, table }: Round): void {
  const empty = milliseconds('');
  const importing = milliseconds(`await import(${JSON.stringify(library.module)})`);
  table.add(library.name, empty, { group: GROUP, name: 'empty program', unit: 'ms' });
  table.add(library.name, importing - empty, { group: GROUP, name: 'import', unit: 'ms', limit: 15 });
}

function milliseconds(program: string): number {
  const start = performance.now();
  execFileSync(process.execPath, ['--input-type=module', '--eval', program], { env: withoutLoader() });
  return performance.now() - start;
}

function modulesOf({ library, table, note, workers }: Round): void {
  const { files, builtins } = loadedBy(library, workers);
  table.add(library.name, files.length, { group: 'loaded by import', name: 'files', unit: 'count' });
  table.add(library.name, builtins.length, { group: 'loaded by import', name: 'modules of Node', unit: 'count' });
  if (library.name !== 'zmtp') return;
  const early = [...files, ...builtins].filter((name) => ONLY_WHEN_USED.test(name));
  table.add(library.name, early.length, {
    group: 'loaded by import',
    name: 'of which only some need',
    unit: 'count',
    limit: 0,
  });
  if (early.length > 0) note(`Loaded before it is used: ${early.join(', ')}.`);
  note(`Loaded by \`import\`, of Node: ${builtins.join(', ')}; of ${library.name}: ${files.join(', ')}.`);
}

/** Names relative to the library's entry; and of Node's modules that importing an empty file does not load. */
function loadedBy(library: Library, workers: string): { files: string[]; builtins: string[] } {
  const program = join(workers, 'loaded-modules.js');
  const output = execFileSync(process.execPath, [program, library.module], { env: withoutLoader() });
  const base = new URL('.', library.module).href;
  const files = (JSON.parse(String(output)) as string[]).map((file) =>
    file.startsWith(base) ? file.slice(base.length) : file,
  );
  const nothing = join(workers, 'nothing.js');
  writeFileSync(nothing, '');
  const always = new Set(builtinsWith(pathToFileURL(nothing).href));
  return { files, builtins: builtinsWith(library.module).filter((name) => !always.has(name)) };
}

/** Node's public modules that are loaded, by whatever way, when a program has imported `url`. */
function builtinsWith(url: string): string[] {
  const program = `await import(${JSON.stringify(url)}); const list = process.moduleLoadList.join(); process.stdout.write(list);`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { env: withoutLoader() });
  const names = String(output).matchAll(/NativeModule (?!internal\/)([^,]+)/g);
  return [...names].map(([, name]) => `node:${name}`).sort();
}

function withoutLoader(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return env;
}
