// The package as a user gets it: packed, installed into an empty project without install scripts, then loaded with
// import and with require, and type-checked.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const PING = `
  const pair = new zmtp.Pair();
  const peer = new zmtp.Pair();
  await pair.bind('tcp://127.0.0.1:*');
  peer.connect(pair.lastEndpoint);
  await peer.send(['over', 'tcp']);
  console.log((await pair.receive()).join(' '));
`;

let project: string;
let files: string[];

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd: project, encoding: 'utf8', shell: command.endsWith('.cmd') });
}

function runScript(name: string, text: string): string {
  writeFileSync(join(project, name), text);
  return run(process.execPath, name).trim();
}

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'zmtp-package-'));
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true }');
  const packed = execFileSync(NPM, ['pack', '--json', '--pack-destination', project], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: NPM.endsWith('.cmd'),
  });
  const [tarball] = Object.values(JSON.parse(packed)) as [{ filename: string; files: { path: string }[] }];
  files = tarball.files.map(({ path }) => path);
  run(NPM, 'install', '--ignore-scripts', '--no-audit', '--no-fund', join(project, tarball.filename));
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('the packed package', () => {
  it('holds the library, its types and its documents, and nothing else', () => {
    expect(files).toEqual(
      expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']),
    );
    expect(
      files.filter((path) => !/^(dist\/.*\.(js|d\.ts)|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path)),
    ).toEqual([]);
  });

  it('installs one package, without scripts', () => {
    const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
    expect(Object.keys(lock.packages)).toEqual(['', 'node_modules/zmtp']);
    expect(lock.packages['node_modules/zmtp'].hasInstallScript).toBeUndefined();
  });

  it('works from import', () => {
    expect(runScript('import.mjs', `import * as zmtp from 'zmtp';${PING}`)).toBe('over tcp');
  });

  it('works from require', () => {
    const script = `const zmtp = require('zmtp'); (async () => {${PING}})();`;
    expect(runScript('require.cjs', script)).toBe('over tcp');
  });

  it('gives the same objects to both', () => {
    const script = `import { createRequire } from 'node:module'; import * as zmtp from 'zmtp';
      console.log(createRequire(import.meta.url)('zmtp').Push === zmtp.Push);`;
    expect(runScript('both.mjs', script)).toBe('true');
  });

  it('says its version', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const script = `import { packageVersion, version } from 'zmtp'; console.log(packageVersion, version);`;
    expect(runScript('version.mjs', script)).toBe(`${version} 4.3.5`);
  });

  it.each([
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'Bundler'],
    ['CommonJS', 'Node10'],
  ])('has types for module %s with resolution %s', (module, resolution) => {
    writeFileSync(
      join(project, 'program.ts'),
      `import { Push, type Message, type SocketOptions } from 'zmtp';
       const options: SocketOptions<Push> = { linger: 0, sendHighWaterMark: 5 };
       const push: Push = new Push(options);
       export const sent: Promise<void> = push.send(['a', Buffer.of(1), null]);
       export type Received = Message[];
       // @ts-expect-error: PUSH does not receive
       push.receive();`,
    );
    linkNodeTypes();
    const flags = ['--noEmit', '--strict', '--target', 'ES2022', '--types', 'node'];
    run(process.execPath, TSC, ...flags, '--module', module, '--moduleResolution', resolution, 'program.ts');
  });
});

/** The declarations of Node itself, which ours refer to, as a TypeScript project has them. */
function linkNodeTypes(): void {
  const types = join(ROOT, 'node_modules', '@types');
  mkdirSync(join(project, 'node_modules', '@types', 'node'), { recursive: true });
  writeFileSync(
    join(project, 'node_modules', '@types', 'node', 'index.d.ts'),
    `/// <reference path="${join(types, 'node', 'index.d.ts')}" />`,
  );
}
