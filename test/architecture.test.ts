// Holds the import rules of the folders of src, and the house rules that a search can find. The table is the one in
// README.md; a new folder or a new dependency is a decision, not an accident.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));
const LINES_MAX = 400;

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

interface Rule {
  /** Folders (or files at the root of src) that may be imported. */
  readonly values: readonly string[];
  /** Folders of which only types may be imported. */
  readonly types?: readonly string[];
  /** `node:` modules; all when absent. */
  readonly node?: readonly string[];
  /** Packages, each a decision (spec-notes/decisions.md). */
  readonly packages?: readonly string[];
}

/** Names of util/node-modules.ts that are not the module's. */
const BUILTINS: Readonly<Record<string, string>> = {
  childProcess: 'node:child_process',
  diagnosticsChannel: 'node:diagnostics_channel',
  timersPromises: 'node:timers/promises',
  workerThreads: 'node:worker_threads',
};

const PURE: readonly string[] = [];

const RULES: Readonly<Record<string, Rule>> = {
  // What of Node is used there, node-modules.ts names for all others.
  util: { values: ['util'], node: ['node:cluster'] },
  'errors.ts': { values: ['util'], node: ['node:os', 'node:util'] },
  'version.ts': { values: [], node: PURE },
  'capability.ts': { values: [], node: PURE },
  protocol: { values: ['protocol', 'util', 'errors.ts'], node: PURE },
  security: {
    values: ['security', 'protocol', 'util', 'errors.ts'],
    node: ['node:crypto'],
    packages: ['libsodium-sumo'],
  },
  patterns: { values: ['patterns', 'util', 'errors.ts'], types: ['core', 'protocol'], node: PURE },
  transport: { values: ['transport', 'util', 'errors.ts'] },
  core: { values: ['core', 'protocol', 'security', 'transport', 'util', 'errors.ts'], types: ['patterns'] },
  local: { values: ['local', 'security', 'transport', 'util', 'errors.ts'], types: ['core'] },
  sockets: { values: ['sockets', 'core', 'patterns', 'util', 'errors.ts'], node: PURE },
  streams: {
    values: ['streams', 'core', 'util', 'errors.ts'],
    types: ['sockets'],
    node: ['node:stream'],
  },
  // Of security only the keys are for users.
  'main.ts': { values: ['index.ts'], node: PURE },
  'index.ts': {
    values: ['sockets', 'streams', 'local', 'core', 'security', 'errors.ts', 'version.ts', 'capability.ts'],
    node: PURE,
  },
};

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sourceFiles(path) : [path];
  });
}

const FILES = sourceFiles(SRC).map((path) => ({
  name: relative(SRC, path).split(sep).join('/'),
  path,
  text: readFileSync(path, 'utf8'),
}));

function unitOf(path: string): string {
  return relative(SRC, path).split(sep)[0] as string;
}

function importsOf(text: string): Import[] {
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?(\{[^}]*\}|[^;{'"=]*?)\s*(?:from\s+)?'([^']+)';/gm);
  const later = text.matchAll(/\bimport\('([^']+)'\)/g);
  return [
    ...[...statements].map(([, type, names = '', specifier]) => ({
      specifier: specifier as string,
      typeOnly: type !== undefined || onlyTypesIn(names),
    })),
    ...[...later].map(([, specifier]) => ({ specifier: specifier as string, typeOnly: false })),
    ...builtinsOf(text),
  ];
}

/** Of Node, by util/node-modules.ts: `node.fs` as `node:fs`. */
function builtinsOf(text: string): Import[] {
  if (!/\/node-modules\.js'/.test(text)) return [];
  const names = [...codeOf(text).matchAll(/\bnode\.(\w+)/g)].map(([, name = '']) => name);
  return [...new Set(names)].map((name) => ({ specifier: BUILTINS[name] ?? `node:${name}`, typeOnly: false }));
}

function onlyTypesIn(names: string): boolean {
  const list = names
    .replace(/[{}]/g, '')
    .split(',')
    .map((name) => name.trim());
  return names.startsWith('{') && list.every((name) => name === '' || name.startsWith('type '));
}

/** Code without comments and strings. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:])\/\/.*$/gm, '$1');
}

function violations(file: (typeof FILES)[number]): string[] {
  const rule = RULES[unitOf(file.path)];
  if (rule === undefined) return [`${file.name}: no rule for this place`];
  return importsOf(file.text).flatMap((one) => violation(file, rule, one));
}

function violation(file: (typeof FILES)[number], rule: Rule, { specifier, typeOnly }: Import): string[] {
  if (specifier.startsWith('node:')) {
    return rule.node === undefined || rule.node.includes(specifier) ? [] : [`${file.name} uses ${specifier}`];
  }
  if (!specifier.startsWith('.')) {
    return rule.packages?.includes(specifier) ? [] : [`${file.name} depends on the package ${specifier}`];
  }
  const target = unitOf(join(dirname(file.path), specifier.replace(/\.js$/, '.ts')));
  const allowed = rule.values.includes(target) || (typeOnly && (rule.types ?? []).includes(target));
  return allowed ? [] : [`${file.name} imports ${specifier}`];
}

/** Files whose code matches, other than those named. */
function usersOf(pattern: RegExp, ...allowed: string[]): string[] {
  return FILES.filter(({ name, text }) => !allowed.includes(name) && pattern.test(codeOf(text))).map(
    ({ name }) => name,
  );
}

function inFolders(...folders: string[]): (name: string) => boolean {
  return (name) => folders.some((folder) => name.startsWith(`${folder}/`));
}

describe('architecture', () => {
  it('finds the sources and their imports', () => {
    expect(FILES.length).toBeGreaterThan(40);
    expect(FILES.flatMap(({ text }) => importsOf(text)).length).toBeGreaterThan(150);
  });

  it('sees a forbidden import where there is one', () => {
    const bad = { name: 'protocol/bad.ts', path: join(SRC, 'protocol', 'bad.ts') };
    const texts = [
      "import net from 'node:net';",
      "import { Pipe } from '../core/pipe.js';",
      "export * from 'left-pad';",
      "await import('left-pad');",
      "import { node } from '../util/node-modules.js';\nnode.fs.unlinkSync('');",
    ];
    for (const text of texts) expect(violations({ ...bad, text }), text).toHaveLength(1);
  });

  it('lets each folder import only what lies below it', () => {
    expect(FILES.flatMap(violations)).toEqual([]);
  });

  it('loads no module of Node before it is used', () => {
    const early = FILES.flatMap(({ name, text }) =>
      importsOf(text.replace(/\bnode\.\w+/g, '')).flatMap(({ specifier, typeOnly }) =>
        specifier.startsWith('node:') && !typeOnly ? [`${name}: ${specifier}`] : [],
      ),
    );
    expect(early).toEqual([]);
    expect(usersOf(/\bgetBuiltinModule\b|\brequire\(/, 'util/node-modules.ts')).toEqual(['transport/ask-sync.ts']);
  });

  it('keeps every file short', () => {
    const long = FILES.filter(({ text }) => text.split('\n').length > LINES_MAX + 1).map(({ name }) => name);
    expect(long).toEqual([]);
  });

  it('begins every file by saying what it is', () => {
    expect(FILES.filter(({ text }) => !text.startsWith('// ')).map(({ name }) => name)).toEqual([]);
  });

  it('asks for the time and sets timers in one place', () => {
    // A net.Socket's own timer says that it is idle.
    expect(usersOf(/(?<!timersPromises\.|#socket\.)\bsetTimeout\(|\bDate[.(]|\bnew Date\b/, 'core/clock.ts')).toEqual(
      [],
    );
    expect(usersOf(/\bperformance\./, 'core/clock.ts', 'core/turn.ts', 'local/session.ts')).toEqual([]);
    expect(usersOf(/\bsetInterval\(/, 'core/context.ts')).toEqual([]);
    expect(usersOf(/\bsetImmediate\b/, 'core/clock.ts', 'core/exit.ts', 'core/turn.ts')).toEqual([]);
    expect(usersOf(/node:timers|\bnode\.timers/, 'local/session-file.ts', 'util/node-modules.ts')).toEqual([]);
  });

  it('keeps protocol, security and patterns free of promises and timers, the loaders of CURVE excepted', () => {
    const impure = usersOf(
      /\bPromise\b|\basync\b|\bawait\b|\bset(Timeout|Interval|Immediate)\b|\bnextTick\b/,
      'security/load-curve.ts',
      'security/load-sodium.ts',
      'security/libsodium-sumo.d.ts',
    );
    expect(impure.filter(inFolders('protocol', 'security', 'patterns'))).toEqual([]);
  });

  it('loads no package before it is used, and one package in all', () => {
    const packages = FILES.flatMap(({ name, text }) =>
      importsOf(text).flatMap(({ specifier }) => (/^(\.|node:)/.test(specifier) ? [] : [`${name}: ${specifier}`])),
    );
    expect(packages).toEqual(['security/load-sodium.ts: libsodium-sumo']);
    expect(usersOf(/import\('(?!node:)/).sort()).toEqual(['security/load-curve.ts', 'security/load-sodium.ts']);
  });

  it('reaches what speaks CURVE by what loads it, and by nothing else', () => {
    const speaks = /^\.{1,2}\/(?:security\/)?(curve|curve-(?!keys)\w+|sodium|load-sodium)\.js$/;
    const inside = /^security\/(curve|curve-(?!keys)\w+|load-sodium)\.ts$/;
    const users = FILES.filter(({ text }) =>
      importsOf(text).some(({ specifier, typeOnly }) => !typeOnly && speaks.test(specifier)),
    ).map(({ name }) => name);
    expect(users.filter((name) => !inside.test(name))).toEqual(['security/load-curve.ts']);
    expect(users.length).toBeGreaterThan(3);
  });

  it('knows high-water marks in the pipe only', () => {
    const decide = usersOf(/HighWaterMark\s*[<>]|[<>]=?\s*\w*HighWaterMark/i, 'core/pipe.ts');
    expect(decide).toEqual([]);
  });

  it('has no state that modules share but the default Context, the guard of the exit, the collector’s messenger, the patterns of the types and how memory is given back', () => {
    const shared = FILES.flatMap(({ name, text }) =>
      [...codeOf(text).matchAll(/^(?:export )?(?:let|var) (\w+)|^(?:export )?const (\w+) = new (?!RegExp)(\w+)/gm)].map(
        (match) => `${name}: ${match[1] ?? match[2]}`,
      ),
    );
    const known = ['core/context.ts: context', 'core/exit.ts: exitGuard', 'core/life.ts: collected'];
    expect(shared.sort()).toEqual([...known, 'core/socket.ts: patternsByType', 'transport/reclaim.ts: give']);
  });
});
