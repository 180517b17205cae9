// What a document says a program prints, held against what it printed. "…" stands for any text.

import type { Program } from './pages.js';

const LOG = /console\.log\(.*\);? \/\/ (.+)$/;

/** The comments behind `console.log(…)`: lines that must have been printed. */
export function promisedLines(text: string): string[] {
  return text.split('\n').flatMap((line) => LOG.exec(line)?.[1] ?? []);
}

/** What is wrong with the output, or undefined. */
export function fault({ text, output }: Pick<Program, 'text' | 'output'>, printed: string): string | undefined {
  const real = printed.replaceAll('\r\n', '\n').trimEnd();
  if (output !== undefined && !matches(output.trimEnd(), real))
    return `printed\n${real}\nwhere the page has\n${output}`;
  const lines = real.split('\n');
  const missing = promisedLines(text).find((promised) => !lines.some((line) => matches(promised, line)));
  return missing === undefined ? undefined : `"${missing}" was not printed, but\n${real}`;
}

function matches(promised: string, real: string): boolean {
  const parts = promised.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(real);
}
