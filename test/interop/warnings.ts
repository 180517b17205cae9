// The warnings that a piece of code gives, caught before the process shows them.

export function warningsOf(run: () => void): string[] {
  const warnings: string[] = [];
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error) => void warnings.push(String(warning));
  try {
    run();
  } finally {
    process.emitWarning = emitWarning;
  }
  return warnings;
}
