// The files of this repository, by name, with slashes; and the right to use the cache. Used by compile.ts and run.ts.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function filesBelow(root: string, folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(root, name, ending);
      return name.endsWith(ending) ? [name] : [];
    })
    .sort();
}

/** Two runs in one folder would take each other's files away. Gives the process that is there already. */
export function claim(folder: string): number | undefined {
  const path = join(folder, 'pid');
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    process.kill(pid, 0);
    return pid;
  } catch {
    writeFileSync(path, `${process.pid}`); // Nobody was here, or is no more.
    return undefined;
  }
}
