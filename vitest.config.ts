import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const SECOND = 1000;

/** Golden values lie beside a checkout, not in it: they are larger than the project. */
const fixtures = existsSync(new URL('../shared/fixtures', import.meta.url));
const withFixtures = [
  'test/golden/**',
  'test/interop/**',
  'test/native/saved-model.test.ts',
  'test/unit/models/config-dialect.test.ts',
  'test/unit/saving/hdf5/{keras-h5,optimizer-weights,training-dialect}.test.ts',
];
if (!fixtures) console.warn('There is no ../shared/fixtures: the tests against golden values are left out.');

/** Python is the judge there; `npm run test:interop` sets it up and names it. */
const python = process.env.LIBTENSORFLOW_NODE_PYTHON !== undefined;

export default defineConfig({
  // Examples import the package by its name; tests run them on the source.
  resolve: { tsconfigPaths: true },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/fast-check-seed.ts'],
    exclude: [...(python ? [] : ['test/interop/**']), ...(fixtures ? [] : withFixtures)],
    pool: 'forks',
    testTimeout: 60 * SECOND,
    hookTimeout: 120 * SECOND,
    // Why once more where work is handed in: threads add up in another order each time, and new weights are other ones; what
    // fails twice is wrong.
    retry: process.env.TEST_REPORT ? 1 : 0,
    // For .ci/run, which counts.
    reporters: process.env.TEST_REPORT ? ['default', ['json', { outputFile: process.env.TEST_REPORT }]] : ['default'],
  },
});
