// TypeScript's compiler by its own API: what it has against some programs, without a process for each run and without checking
// the declarations of Node and of the language again each time.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What the declarations under test are to be good for: strict, and without the newest of the language. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  lib: ['lib.es2022.d.ts'],
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules', '@types')],
  strict: true,
  noImplicitOverride: true,
};

/** Read once: these do not change, and are most of the work. */
const installed = new Map<string, ts.SourceFile | undefined>();

function isInstalled(path: string): boolean {
  return /\/node_modules\/(@types|undici-types|typescript)\//.test(path);
}

function hostOf(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (path, settings, ...more) => {
    if (!isInstalled(path)) return read(path, settings, ...more);
    const key = `${path} ${JSON.stringify(settings)}`;
    if (!installed.has(key)) installed.set(key, read(path, settings, ...more));
    return installed.get(key);
  };
  return host;
}

export interface Compilation {
  readonly program: ts.Program;
  /** One line each: file, line, text. */
  readonly complaints: string[];
}

/** Compiles programs, and checks them and all the declarations they use but Node's and the language's. */
export function compile(files: readonly string[], options: ts.CompilerOptions): Compilation {
  const all = { ...OPTIONS, ...options };
  const program = ts.createProgram(files, all, hostOf(all));
  const checked = program.getSourceFiles().filter(({ fileName }) => !isInstalled(fileName));
  const diagnostics = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...checked.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
  return { program, complaints: texts(diagnostics) };
}

export function texts(diagnostics: readonly ts.Diagnostic[]): string[] {
  return diagnostics.map(({ file, start, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    if (file === undefined || start === undefined) return text;
    const { line } = file.getLineAndCharacterOfPosition(start);
    return `${file.fileName}:${line + 1} ${text}`;
  });
}
