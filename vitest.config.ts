import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

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
          include: ['test/**/*.test.ts'],
          exclude: ['test/{interop,differential,package,examples,docs,soak}/**'],
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
