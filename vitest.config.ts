import { defineConfig } from 'vitest/config';

const SECOND = 1000;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Why: Python is the judge there; `npm run test:interop` sets it up and names it.
    exclude: process.env.LIBTENSORFLOW_NODE_PYTHON ? [] : ['test/interop/**'],
    pool: 'forks',
    testTimeout: 60 * SECOND,
    hookTimeout: 120 * SECOND,
    // For .ci/run, which counts.
    reporters: process.env.TEST_REPORT ? ['default', ['json', { outputFile: process.env.TEST_REPORT }]] : ['default'],
  },
});
