// The package as a user gets it: packed, installed into an empty project without install scripts, then loaded with
// import and with require, and type-checked.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/compiler.js';
import { Project } from './install.js';

const PING = `
  const { publicKey, secretKey } = zmtp.curveKeyPair();
  const ways = [
    [{}, {}],
    [{ curveServer: true, curveSecretKey: secretKey }, { curveServerKey: publicKey, ...own() }],
  ];
  function own() {
    const keys = zmtp.curveKeyPair();
    return { curvePublicKey: keys.publicKey, curveSecretKey: keys.secretKey };
  }
  for (const [one, other] of ways) {
    const pair = new zmtp.Pair(one);
    const peer = new zmtp.Pair(other);
    await pair.bind('tcp://127.0.0.1:*');
    peer.connect(pair.lastEndpoint);
    await peer.send(['over', pair.securityMechanism ?? 'tcp']);
    console.log((await pair.receive()).join(' '));
  }
`;
/** What it prints. */
const PONG = 'over tcp\nover curve';

/** Lists the files of the package that were loaded: after import, when `connect` has returned, and when a message has come. */
const LATE = `
  import { Session } from 'node:inspector';
  const session = new Session();
  const files = new Set();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params }) => {
    const [, file] = /\\/zmtp\\/dist\\/(.*)$/.exec(params.url) ?? [];
    if (file !== undefined) files.add(file);
  });
  session.post('Debugger.enable');
  const { curveKeyPair, Pair } = await import('zmtp');
  console.log(...files);
  const [server, client] = [curveKeyPair(), curveKeyPair()];
  const pair = new Pair({ curveServer: true, curveSecretKey: server.secretKey });
  const peer = new Pair({ curveServerKey: server.publicKey, curveSecretKey: client.secretKey });
  pair.bindSync('tcp://127.0.0.1:*');
  peer.connect(pair.lastEndpoint);
  console.log(...files);
  await peer.send(['over', 'curve']);
  console.log((await pair.receive()).join(' '));
  console.log(files.has('curve.js'));
`;

const project = new Project();
let files: string[];

async function runScript(name: string, text: string): Promise<string> {
  project.write(name, text);
  const { stdout, stderr } = await project.node(name);
  return `${stdout}${stderr}`.trim();
}

beforeAll(() => {
  files = project.install('zmtp');
}, 120_000);

afterAll(() => project.remove());

describe('the packed package', () => {
  it('holds the library, its types and its documents, and nothing else', () => {
    expect(files).toEqual(
      expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'dist/main.js', 'dist/types/main.d.ts']),
    );
    expect(
      files.filter(
        (path) =>
          !/^(dist\/.*\.js|dist\/types\/.*\.d\.ts|dist\/types\/package\.json|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(
            path,
          ),
      ),
    ).toEqual([]);
  });

  it('installs one package beside itself, and no scripts', () => {
    const lock = JSON.parse(readFileSync(project.path('package-lock.json'), 'utf8'));
    const packages = ['node_modules/libsodium-sumo', 'node_modules/zmtp'];
    expect(Object.keys(lock.packages)).toEqual(['', ...packages]);
    for (const one of packages) expect(lock.packages[one].hasInstallScript).toBeUndefined();
  });

  it('is read as fast as may be: in ASCII, for one letter beyond it makes V8 take twice the memory', () => {
    const code = files.filter((path) => path.endsWith('.js'));
    expect(code.sort()).toEqual(['chunk.js', 'curve.js', 'index.js', 'main.js'].map((name) => `dist/${name}`));
    const texts = code.map((path) => [path, readFileSync(project.path('node_modules', 'zmtp', path), 'latin1')]);
    expect(texts.filter(([, text]) => /[^\0-\x7f]/.test(text as string)).map(([path]) => path)).toEqual([]);
  });

  it('loads nothing of CURVE with import, and nearly nothing of Node', async () => {
    project.write('nothing.mjs', '');
    const script = `await import('./nothing.mjs');
      const before = new Set(process.moduleLoadList);
      await import('zmtp');
      const names = process.moduleLoadList.filter((name) => !before.has(name));
      for (const name of names) {
        const [, module] = /^NativeModule (?!internal\\/)(.*)$/.exec(name) ?? [];
        if (module !== undefined && module !== 'diagnostics_channel') console.log(module);
      }
      const { Push } = await import('zmtp');
      new Push().connect('tcp://127.0.0.1:9');
      console.log(process.moduleLoadList.includes('NativeModule net'));
      process.exit();`;
    expect(await runScript('lean.mjs', script)).toBe('true');
  });

  it('loads CURVE when a socket binds or connects with it, and neither waits for it', async () => {
    expect(await runScript('late.mjs', LATE)).toBe(
      'main.js index.js chunk.js\nmain.js index.js chunk.js\nover curve\ntrue',
    );
  });

  it('works from import', async () => {
    expect(await runScript('import.mjs', `import * as zmtp from 'zmtp';${PING}`)).toBe(PONG);
  });

  it('works from require', async () => {
    const script = `const zmtp = require('zmtp'); (async () => {${PING}})();`;
    expect(await runScript('require.cjs', script)).toBe(PONG);
  });

  it('gives the same objects to both', async () => {
    const script = `import { createRequire } from 'node:module'; import * as zmtp from 'zmtp';
      console.log(createRequire(import.meta.url)('zmtp').Push === zmtp.Push);`;
    expect(await runScript('both.mjs', script)).toBe('true');
  });

  it('says which Node it needs where Node has not what it loads modules with', async () => {
    const script = `process.getBuiltinModule = undefined;
      await import('zmtp').catch(({ message }) => console.log(message));`;
    expect(await runScript('old.mjs', script)).toBe(
      `zmtp needs Node 20.19 or 22.12, or later; this is ${process.version}`,
    );
  });

  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const script = `import { packageVersion, version } from 'zmtp'; console.log(packageVersion, version);`;
    expect(await runScript('version.mjs', script)).toBe(`${version} 4.3.5`);
  });

  it('is the default import, too, and the default of require', async () => {
    const script = `import { createRequire } from 'node:module'; import zmtp, { Push } from 'zmtp';
      console.log(zmtp.Push === Push, createRequire(import.meta.url)('zmtp').default.Push === Push);`;
    expect(await runScript('default.mjs', script)).toBe('true true');
  });

  it.each(['esm', 'cjs'] as const)('can be bundled with a program, as %s', async (format) => {
    project.write('bundled.mjs', `import * as zmtp from 'zmtp'; (async () => {${PING}})();`);
    const outfile = project.path(format === 'esm' ? 'bundle.mjs' : 'bundle.cjs');
    buildSync({ entryPoints: [project.path('bundled.mjs')], bundle: true, platform: 'node', format, outfile });
    expect(readFileSync(outfile, 'utf8')).not.toMatch(/(from|require\()\s*['"]zmtp['"]/);
    expect(await runScript(format === 'esm' ? 'bundle.mjs' : 'bundle.cjs', readFileSync(outfile, 'utf8'))).toBe(PONG);
  });

  it('is dropped from a bundle that imports it and uses nothing of it', () => {
    project.write('unused.mjs', `import { Push } from 'zmtp'; console.log('nothing');`);
    const entryPoints = [project.path('unused.mjs')];
    const { outputFiles } = buildSync({ entryPoints, bundle: true, platform: 'node', format: 'esm', write: false });
    expect(outputFiles[0]?.text.length).toBeLessThan(500);
  });

  it.each([
    ['program.mts', 'NodeNext', 'NodeNext'],
    ['program.cts', 'NodeNext', 'NodeNext'],
    ['program.mts', 'Node16', 'Node16'],
    ['program.cts', 'Node16', 'Node16'],
    ['program.ts', 'ESNext', 'Bundler'],
    ['program.ts', 'CommonJS', 'Node10'],
  ] as const)('has types for %s with module %s and resolution %s', (name, module, resolution) => {
    project.write(name, PROGRAM);
    const options = {
      module: ts.ModuleKind[module],
      moduleResolution: ts.ModuleResolutionKind[resolution],
      noEmit: true,
    };
    expect(project.compile([name], options)).toEqual([]);
  });

  it('would be refused by types that are not there', () => {
    project.write('wrong.mts', `import { Push, nothing } from 'zmtp'; new Push().receive();`);
    expect(project.compile(['wrong.mts'], { noEmit: true })).toHaveLength(2);
  });

  it.each([
    'import zmtp = require("zmtp")',
    'import zmtp from "zmtp"',
    'import * as zmtp from "zmtp"',
  ])('compiles from `%s` in CommonJS TypeScript, and runs', async (clause) => {
    project.write('program2.cts', `${clause}; const pair: zmtp.Pair = new zmtp.Pair(); console.log(pair.type);`);
    expect(project.compile(['program2.cts'], { module: ts.ModuleKind.Node16, esModuleInterop: true })).toEqual([]);
    expect(await project.node('program2.cjs')).toEqual({ stdout: '0\n', stderr: '' });
  });
});

const PROGRAM = `import { Push, type Message, type SocketOptions } from 'zmtp';
  const options: SocketOptions<Push> = { linger: 0, sendHighWaterMark: 5 };
  const push: Push = new Push(options);
  export const sent: Promise<void> = push.send(['a', Buffer.of(1), null]);
  export type Received = Message[];
  // @ts-expect-error: PUSH does not receive
  push.receive();`;
