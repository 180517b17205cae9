// Commands that documents tell their readers to type: each is held against what the repository has. They are not run; the
// tests of the examples and the gate do that.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readOptions } from '../../examples/daemon/options.js';
import { type Block, ROOT } from './pages.js';

const { name, scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  name: string;
  scripts: Record<string, string>;
};

/** The commands in a block, each as its words. */
export function commandsOf({ language, text }: Pick<Block, 'language' | 'text'>): string[][] {
  const lines = text.split('\n').flatMap((line) => {
    if (language === 'sh') return [line];
    return /^[$>] (.*)$/.exec(line)?.[1] ?? [];
  });
  return lines
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .flatMap((line) => line.split(/\s*(?:&&|;)\s*/))
    .filter((command) => command !== '')
    .map((command) => [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!));
}

/** What is wrong with a command on a page, or undefined. */
export function wrong(page: string, [command = '', ...args]: readonly string[]): string | undefined {
  if (command === 'npm') return wrongNpm(args);
  if (command === 'npx') return args[0] === 'tsx' ? missing(args[1], ROOT) : `npx ${args[0]} is none of ours`;
  if (command === 'node') return missing(args[0], ROOT);
  if (command === 'git') return args[0] === 'clone' ? undefined : `git ${args[0]} is not for readers`;
  if (command === 'daemon') return refused(args);
  if (command.endsWith('.ts')) return missing(command, join(ROOT, dirname(page)));
  return `nobody knows what "${command}" is`;
}

function wrongNpm([verb = '', ...args]: readonly string[]): string | undefined {
  const words = args.filter((word) => word !== '--' && !word.startsWith('-'));
  if (verb === 'run' || verb === 'test') {
    const script = verb === 'run' ? words[0]! : verb;
    return script in scripts ? undefined : `package.json has no script ${script}`;
  }
  if (verb !== 'install') return `npm ${verb} is not for readers`;
  const other = words.find((word) => word !== name && word !== `zeromq@npm:${name}`);
  return other === undefined ? undefined : `${other} is not this package`;
}

function missing(file: string | undefined, folder: string): string | undefined {
  return file !== undefined && existsSync(join(folder, file)) ? undefined : `there is no ${file}`;
}

/** By the example's own reading of its command line. Where a page shows a refusal, the page has the reason beneath. */
function refused(args: readonly string[]): string | undefined {
  try {
    readOptions([...args]);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
