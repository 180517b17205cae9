// For Stryker alone (stryker.config.json): the fast tests of what is mutated, in memory, in one thread. A mutant takes as long
// as the tests until one fails, so those that failed for the mutant before come first, and then the quick ones.

import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const slowFirst = await super.sort(files);
    const failed = slowFirst.filter((file) => this.#failed(file));
    return [...failed, ...slowFirst.filter((file) => !failed.includes(file)).reverse()];
  }

  #failed({ project, moduleId }: TestSpecification): boolean {
    const key = `${project.name}:${relative(this.ctx.config.root, moduleId)}`;
    return this.ctx.cache.getFileTestResults(key)?.failed ?? false;
  }
}

export default defineConfig({
  test: {
    // Stryker has its own.
    testTimeout: 0,
    isolate: false,
    fileParallelism: false,
    sequence: { sequencer: QuickFirst },
    setupFiles: ['test/mutation/quick.ts'],
    include: [
      'test/protocol/*.test.ts',
      'test/property/{codecs,connection,frames}.test.ts',
      'test/spec/limits.test.ts',
    ],
  },
});
