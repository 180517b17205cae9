import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Spawned peers and property tests need room on slow, shared machines; no test asserts a duration.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/interop/**', 'test/package/**', 'test/examples/**'],
        },
      },
      { extends: true, test: { name: 'interop', include: ['test/interop/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'package', include: ['test/package/**/*.test.ts', 'test/examples/**/*.test.ts'] },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/protocol/**'],
      reporter: ['text', 'json-summary'],
      thresholds: { branches: 100 },
    },
  },
});
