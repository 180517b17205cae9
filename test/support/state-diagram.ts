// Draws a table of states as a Mermaid diagram for spec-notes/, and lists its edges for tests that walk them.

export type StateTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Edge {
  from: string;
  step: string;
  to: string;
}

export function edgesOf(table: StateTable): Edge[] {
  return Object.entries(table).flatMap(([from, steps]) =>
    Object.entries(steps).map(([step, to]) => ({ from, step, to })),
  );
}

/** The page: what is drawn, out of which table of which file, by which test; the first state is where all begins. */
export function drawn(title: string, table: StateTable, source: string, test: string): string {
  return [
    `# ${title}`,
    '',
    `Drawn from ${source} by \`${test}\`,`,
    'which fails when the two differ. Do not edit.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    `    [*] --> ${Object.keys(table)[0]}`,
    ...edgesOf(table).map(({ from, step, to }) => `    ${from} --> ${to}: ${step}`),
    '```',
    '',
  ].join('\n');
}
