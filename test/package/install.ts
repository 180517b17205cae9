// Empty projects with the packed tarball in them, for tests of the package as a user gets it.

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type ts from 'typescript';
import { compile, ROOT } from '../support/compiler.js';

const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const shell = NPM.endsWith('.cmd');
const runFile = promisify(execFile);

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** An empty project in a folder for temporary files. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'zmtp-package-'));

  constructor() {
    this.write('package.json', '{ "name": "empty", "private": true }');
    mkdirSync(this.path('node_modules'));
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  write(name: string, text: string): void {
    mkdirSync(join(this.folder, name, '..'), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /**
   * Packs this library and installs it, without scripts, under a name; and what it depends on, from here: a registry need
   * not be at hand. @returns the paths in the tarball
   */
  install(name: string): string[] {
    const packed = execFileSync(NPM, ['pack', '--json', '--pack-destination', this.folder], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      shell,
    });
    const [tarball] = Object.values(JSON.parse(packed)) as [{ filename: string; files: { path: string }[] }];
    const own = Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).dependencies as object);
    const found = own.map((one) => [one, `file:${join(ROOT, 'node_modules', one)}`]);
    const dependencies = { [name]: `file:${tarball.filename}`, ...Object.fromEntries(found) };
    this.write('package.json', JSON.stringify({ name: 'empty', private: true, dependencies }));
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--offline', '--install-links'];
    execFileSync(NPM, ['install', ...flags], { cwd: this.folder, stdio: 'ignore', shell });
    return tarball.files.map(({ path }) => path);
  }

  node(...args: string[]): Promise<Output> {
    return runFile(process.execPath, args, { cwd: this.folder, encoding: 'utf8' });
  }

  /** Compiles programs of the project and writes the JavaScript beside them. @returns the compiler's complaints */
  compile(names: readonly string[], options: ts.CompilerOptions): string[] {
    const files = names.map((name) => this.path(name));
    const { program, complaints } = compile(files, options);
    program.emit();
    return complaints;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
