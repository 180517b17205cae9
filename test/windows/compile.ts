// Translates everything the tests may load into the cache. Neither Vitest nor tsx starts under Wine, as their compilers are
// native programs of this side; the hooks in inside/ give Node the translation of a file wherever it asks for the file
// itself, so that each module keeps its place and its import.meta.url. Used by run.ts.
//
// To load a module takes Node under Wine some 10 ms, and `src` has a hundred: it is one file there, all.js, and what stands
// in the place of its modules only hands out their parts.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { filesBelow } from './files.js';

/** What runs in Windows processes. */
export const INSIDE = 'test/windows/inside';

const COMMON = {
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  sourcesContent: false,
  logLevel: 'warning',
} as const satisfies BuildOptions;

export async function compile(root: string, target: string): Promise<void> {
  await build({
    ...COMMON,
    absWorkingDir: root,
    entryPoints: ['test', 'examples', 'bench'].flatMap((folder) => filesBelow(root, folder, '.ts')),
    outbase: root,
    outdir: target,
  });
  const inside = { ...COMMON, absWorkingDir: root, bundle: true, outbase: root, outdir: target } as const;
  await build({ ...inside, entryPoints: [`${INSIDE}/hooks.ts`, `${INSIDE}/register.ts`] });
  await build({
    ...inside,
    entryPoints: [`${INSIDE}/main.ts`, `${INSIDE}/vitest.ts`],
    // What both have is once in a process.
    splitting: true,
    chunkNames: `${INSIDE}/[name]`,
    // package.json says of the whole repository that its modules do nothing by themselves; these do.
    ignoreAnnotations: true,
  });
  writeFileSync(join(target, 'package.json'), '{ "type": "module" }');
  await compileSource(root, target);
  await compilePackage(root, target);
}

/** What programs of the documents import by the package's name. */
async function compilePackage(root: string, target: string): Promise<void> {
  await build({
    ...COMMON,
    sourcemap: false,
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    bundle: true,
    splitting: true,
    packages: 'external',
    chunkNames: '[name]',
    outdir: join(target, 'dist'),
  });
}

async function compileSource(root: string, target: string): Promise<void> {
  const files = filesBelow(root, 'src', '.ts').filter((file) => !file.endsWith('.d.ts'));
  const all = join(target, 'src', 'all.js');
  await build({
    ...COMMON,
    stdin: {
      contents: files.map((file, index) => `export * as m${index} from './${file}';`).join('\n'),
      resolveDir: root,
    },
    bundle: true,
    packages: 'external',
    outfile: all,
  });
  const modules = (await import(pathToFileURL(all).href)) as Readonly<Record<string, object>>;
  for (const [index, file] of files.entries()) {
    const path = join(target, file.replace(/\.ts$/, '.js'));
    const above = relative(dirname(path), all).replace(/^(?!\.)/, './');
    const parts = Object.keys(modules[`m${index}`] ?? {}).map((name) => `export const ${name} = own.${name};`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, [`import { m${index} as own } from '${above}';`, ...parts].join('\n'));
  }
}
