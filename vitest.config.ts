import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Folders whose tests run in memory, most of them under virtual time, and leave nothing behind in their process. */
const MEMORY = '{core,model,patterns,property,protocol,security,spec,streams,util}';

export default defineConfig({
  test: {
    // Spawned peers and property tests need room on slow, shared machines; no test asserts a duration.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    globalSetup: 'test/support/translated.ts',
    // Many tests wait for other processes and for real time: with one file for each processor, half of them would be idle.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [`test/${MEMORY}/**/*.test.ts`],
          // A process for each file, which loads all anew, would cost more than the tests.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: [`test/${MEMORY}/**`, 'test/{interop,differential,package,examples,docs,soak}/**'],
        },
      },
      {
        extends: true,
        test: { name: 'interop', include: ['test/interop/**/*.test.ts', 'test/differential/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: ['test/{package,examples,docs,soak}/**/*.test.ts'],
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/protocol/**', 'src/security/**'],
      reporter: ['text', 'json-summary'],
      thresholds: { branches: 100 },
    },
  },
});
