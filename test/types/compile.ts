// Compiles the corpus against declarations of one's choice: one Program, a few seconds.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { compile, ROOT, texts } from '../support/compiler.js';

const CORPUS = fileURLToPath(new URL('corpus', import.meta.url));

export const programs: readonly string[] = readdirSync(CORPUS).sort();

/** Writes the declarations of src, as the package has them. @returns the entry's */
export function writeDeclarations(folder: string): string {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.build.json'), ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const build = ts.createProgram(fileNames, {
    ...options,
    emitDeclarationOnly: true,
    outDir: folder,
    declarationDir: folder,
  });
  const { diagnostics } = build.emit();
  if (diagnostics.length > 0) throw new Error(texts(diagnostics).join('\n'));
  ts.sys.writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }');
  return join(folder, 'main.d.ts');
}

/** What the compiler has against the programs, when `zeromq` is the module with these declarations. */
export function complaints(declarations: string): string[] {
  const files = programs.map((name) => join(CORPUS, name));
  const paths = { zeromq: [declarations] };
  const { program, complaints } = compile(files, { paths, esModuleInterop: true, noEmit: true });
  if (program.getSourceFile(declarations) === undefined) {
    throw new Error(`no program was compiled against ${declarations}`);
  }
  return complaints;
}
