// The API reference: `npm run docs` writes it without a warning, and the docstrings that it is made of say what they have to.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ReflectionKind } from 'typedoc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as zmtp from '../../src/index.js';
import { ROOT } from './pages.js';

/** As much of TypeDoc's JSON as is looked at. */
interface Comment {
  summary: { text: string }[];
  blockTags?: { tag: string; content: { text: string }[] }[];
}
interface Node {
  name: string;
  kind: ReflectionKind;
  comment?: Comment;
  flags: { isReadonly?: boolean };
  children?: Node[];
  signatures?: Node[];
  getSignature?: Node;
  setSignature?: Node;
}

const TYPEDOC = join(ROOT, 'node_modules', 'typedoc', 'bin', 'typedoc');
/** What never throws. */
const HARMLESS = [
  'curveKeyPair',
  'close',
  'disconnect',
  'remove',
  'nameOf',
  'on',
  'off',
  '[iterator]',
  '[asyncIterator]',
  '[dispose]',
  '[asyncDispose]',
];

let folder: string;
let output: string;
let api: Node;

function typedoc(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [TYPEDOC, ...args], { cwd: ROOT });
}

beforeAll(async () => {
  folder = realpathSync.native(mkdtempSync(join(tmpdir(), 'zmtp-api-')));
  const { stdout, stderr } = await typedoc('--out', join(folder, 'api'), '--json', join(folder, 'api.json'));
  output = stdout + stderr;
  api = JSON.parse(readFileSync(join(folder, 'api.json'), 'utf8'));
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the API reference', () => {
  it('is written without a warning, with a page for each class', () => {
    expect(output).not.toMatch(/warning|error/i);
    for (const name of Object.keys(zmtp)) if (/^[A-Z]/.test(name)) expect(pageOf(name)).toBe(true);
  });

  it('has every export', () => {
    const names = api.children!.map(({ name }) => name);
    expect(Object.keys(zmtp).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('says of each option of a socket its default, and what libzmq calls it', () => {
    const options = sockets().flatMap((socket) => socket.children!.filter(isOption).map((node) => ({ socket, node })));
    expect(options.length).toBeGreaterThan(200);
    const poor = options.filter(({ node }) => !/ZMQ_|not in libzmq|Absent|absent/.test(textOf(node)));
    expect(poor.map(({ socket, node }) => `${socket.name}.${node.name}`)).toEqual([]);
  });

  it('says of each method and function what it throws', () => {
    const methods = api.children!.flatMap((owner) =>
      owner.kind === ReflectionKind.Function ? owner : (owner.children ?? []).filter(isMethod),
    );
    expect(methods.length).toBeGreaterThan(100);
    const silent = methods.filter((node) => !HARMLESS.includes(node.name) && !textOf(node).includes('@throws'));
    expect([...new Set(silent.map(({ name }) => name))]).toEqual([]);
  });

  it('is not written when something public has no docstring', async () => {
    const other = join(folder, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'index.ts'), 'export const known: number = 1;\n');
    writeFileSync(join(other, 'tsconfig.json'), '{ "files": ["index.ts"], "compilerOptions": { "types": [] } }');
    const options = JSON.parse(readFileSync(join(ROOT, 'typedoc.json'), 'utf8'));
    const own = { ...options, entryPoints: ['index.ts'], tsconfig: 'tsconfig.json', out: 'api' };
    writeFileSync(join(other, 'typedoc.json'), JSON.stringify(own));
    await expect(typedoc('--options', join(other, 'typedoc.json'))).rejects.toMatchObject({
      stderr: expect.stringContaining('known (Variable)'),
    });
  }, 180_000);
});

function pageOf(name: string): boolean {
  return existsSync(join(folder, 'api', 'classes', `${name}.html`));
}

function sockets(): Node[] {
  return api.children!.filter(({ kind, name }) => {
    const value = (zmtp as Record<string, unknown>)[name];
    return kind === ReflectionKind.Class && typeof value === 'function' && value.prototype instanceof zmtp.Socket;
  });
}

function isOption({ kind, flags, setSignature }: Node): boolean {
  return (kind === ReflectionKind.Property && flags.isReadonly !== true) || setSignature !== undefined;
}

function isMethod({ kind }: Node): boolean {
  return kind === ReflectionKind.Method;
}

function textOf(node: Node): string {
  const own = node.comment;
  const words = own?.summary.map(({ text }) => text).join('') ?? '';
  const tags = own?.blockTags?.map(({ tag, content }) => `${tag} ${content.map(({ text }) => text).join('')}`) ?? [];
  const inner = [...(node.signatures ?? []), node.getSignature, node.setSignature];
  return [words, ...tags, ...inner.map((one) => (one === undefined ? '' : textOf(one)))].join(' ');
}
