// A folder for files of a test.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Empty, by its true path; removed when the running test has ended and closed its sockets. For tests and `beforeEach`. */
export function temporaryFolder(): string {
  const folder = realpathSync.native(mkdtempSync(join(tmpdir(), 'zt-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
