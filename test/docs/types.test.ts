// Every program in the documents type-checks against the package's own sources: those in TypeScript strictly, those in
// JavaScript as an editor checks them. One compiler, one look at the library, no files.

import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { allBlocks, blocksOf, type Program, place, programsOf, ROOT } from './pages.js';

const INDEX = join(ROOT, 'src', 'index.ts');
const COMMON: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules', '@types')],
  allowJs: true,
  checkJs: true,
  noEmit: true,
  skipLibCheck: true,
  paths: { zmtp: [INDEX], zeromq: [INDEX] },
};
const cache = new Map<string, ts.SourceFile | undefined>();

const programs = programsOf(allBlocks());

describe('the types of the programs in', () => {
  it.each([
    ['TypeScript', programs.filter(({ language }) => language === 'ts'), true],
    ['JavaScript', programs.filter(({ language }) => language !== 'ts'), false],
  ] as const)('%s fit', (_, some, strict) => {
    expect(some.length).toBeGreaterThan(0);
    expect(check(some, strict)).toEqual([]);
  });

  it('no program may misuse the package unnoticed', () => {
    const [program] = programsOf(blocksOf('a page', "```ts\nimport { Pull } from 'zmtp';\nnew Pull().send('x');\n```"));
    expect(check([program!], true)).toEqual(["a page:1: Property 'send' does not exist on type 'Pull'."]);
    const [other] = programsOf(blocksOf('a page', "```js\nimport { Pull } from 'zmtp';\nnew Pull().sent;\n```"));
    expect(check([other!], false)).toEqual(["a page:1: Property 'sent' does not exist on type 'Pull'."]);
  });
});

/** The compiler's complaints, each with its place. */
function check(some: readonly Program[], strict: boolean): string[] {
  const files = new Map(some.map((program, index) => [fileOf(program, index), program]));
  const options = { ...COMMON, strict };
  const program = ts.createProgram([...files.keys()], options, hostOf(files, options));
  return [...files].flatMap(([file, block]) => {
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`the compiler did not read ${file}`);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => `${place(block)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  });
}

/** Where it would lie in this repository, so that Node's types are found; no file is written. */
function fileOf({ page, language, name }: Program, index: number): string {
  const folder = join(ROOT, 'test', 'docs', 'virtual', page.replaceAll(/\W+/g, '-'));
  return join(folder, name ?? `${index}.${language}`).replaceAll('\\', '/');
}

function hostOf(files: ReadonlyMap<string, Program>, options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path)?.text ?? readFile(path);
  host.getSourceFile = (path, target, ...rest) => {
    const block = files.get(path);
    if (block !== undefined) return ts.createSourceFile(path, block.text, target, true);
    // Both runs read the same library; a source file can serve several programs of equal options for parsing.
    if (!cache.has(path)) cache.set(path, getSourceFile(path, target, ...rest));
    return cache.get(path);
  };
  return host;
}
