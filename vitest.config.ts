import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { closingLine } from './test/closing-line.ts';

export default defineConfig({
  test: {
    reporters: ['default', closingLine],
    // Tests must not see the developer's own git settings, locale or colours.
    env: {
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      LC_ALL: 'C.UTF-8',
      NO_COLOR: '1',
      // Where a child inherits this environment: nothing a test does belongs in the developer's record.
      XDG_STATE_HOME: join(tmpdir(), `cordon-test-state-${process.pid}`),
    },
    coverage: {
      provider: 'v8',
      include: ['core/**/*.ts', 'hooks/**/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: ['text-summary', 'json-summary'],
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{core,hooks,extension,server}/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/**/*.test.ts'],
          testTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
