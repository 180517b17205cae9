// What the lane prints: a line for each file and version as it ends, with its failures, and in the end the counts of
// each version, the exclusions with their reasons, and the sum. Used by run.ts.

import { EXCLUSIONS, SECOND_TRIES } from './exclusions.js';
import type { Failure, Outcome } from './results.js';

export function printOutcome({ file, version, seconds, passed, again, failures, excluded }: Outcome): void {
  const counts = [`${passed} passed`];
  if (failures.length > 0) counts.push(`${failures.length} failed`);
  if (again > 0) counts.push(`${again} of them at the second try`);
  const left = sum(excluded.values());
  if (left > 0) counts.push(`${left} excluded`);
  console.log(
    `${failures.length > 0 ? '✗' : '✓'} Node ${version} ${file}: ${counts.join(', ')}, ${seconds.toFixed(1)} s`,
  );
  for (const { title, text } of failures.slice(0, SHOWN)) console.log(`  ✗ ${title}\n${indent(text)}`);
  if (failures.length > SHOWN) console.log(`  … and ${failures.length - SHOWN} more`);
}

/**
 * Gives whether all is well. `repeats` are the first outcomes of files that were run again. An exclusion that applies to
 * nothing is a fault, unless only some files were run.
 */
export function printSummary(
  outcomes: readonly Outcome[],
  repeats: readonly Outcome[],
  complete: boolean,
  seconds: number,
): boolean {
  console.log();
  for (const version of [...new Set(outcomes.map((outcome) => outcome.version))].sort()) {
    const own = outcomes.filter((outcome) => outcome.version === version);
    const left = sum(own.flatMap(({ excluded }) => [...excluded.values()]));
    console.log(
      `Node ${version} on Windows (Wine): ${own.length} files, ${sum(own.map(({ passed }) => passed))} passed, ` +
        `${sum(own.map(({ failures }) => failures.length))} failed, ${left} excluded`,
    );
  }
  let failed = sum(outcomes.map(({ failures }) => failures.length));
  console.log('\nExcluded, with the number of tests in all versions:');
  for (const exclusion of EXCLUSIONS) {
    const { file, title, reason } = exclusion;
    const count = sum(outcomes.map(({ excluded }) => excluded.get(exclusion) ?? 0));
    if (count > 0) console.log(`- ${count}: ${name(file)}${title ? ` › ${title.source}` : ''}: ${reason}`);
    if (count > 0 || !complete) continue;
    failed++;
    console.log(`- ✗ ${name(file)}${title ? ` › ${title.source}` : ''} applies to no test`);
  }
  console.log('\nPassed at the second try, in all versions:');
  for (const { file, reason } of SECOND_TRIES) {
    const count = sum(outcomes.filter((outcome) => file.test(outcome.file)).map(({ again }) => again));
    console.log(`- ${count}: ${name(file)}: ${reason}`);
  }
  console.log('\nFiles that failed and were run again, with what failed first:');
  for (const { version, file, failures } of repeats) console.log(`- Node ${version} ${file}: ${titles(failures)}`);
  const left = outcomes.filter(({ failures }) => failures.length > 0);
  console.log(`\nFailed:${left.length === 0 ? ' nothing' : ''}`);
  for (const { version, file, failures } of left) {
    console.log(`- Node ${version} ${file}: ${titles(failures)}\n${indent(failures[0]?.text ?? '')}`);
  }
  console.log(`\nThe Windows lane took ${seconds.toFixed(0)} s.`);
  console.log(`${sum(outcomes.map(({ passed }) => passed))} passed, ${failed} failed`);
  return failed === 0;
}

function titles(failures: readonly Failure[]): string {
  return failures.map(({ title }) => title).join('; ');
}

function name(file: RegExp): string {
  return file.source.replace(/[\^$\\]/g, '');
}

function indent(text: string): string {
  return text.replace(/^/gm, '      ');
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}

const SHOWN = 20;
