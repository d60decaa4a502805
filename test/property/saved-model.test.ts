import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { constant } from '../../src/core/constant.js';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import { flatten, unflatten } from '../../src/core/structure.js';
import { codeOf, ERROR_CODES } from '../../src/errors/errors.js';
import * as ops from '../../src/ops/index.js';

/** Damage to a file: its end is missing, or some bytes are others. */
const damage = fc.oneof(
  fc.record({ cut: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }) }),
  fc.record({
    flips: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
);

function damaged(good: Uint8Array, how: typeof damage extends fc.Arbitrary<infer T> ? T : never): Uint8Array {
  if ('cut' in how) return good.subarray(0, Math.floor(how.cut * good.length));
  const bytes = Uint8Array.from(good);
  for (const [at, value] of how.flips) bytes[Math.floor(at * bytes.length)] = value;
  return bytes;
}

describe('a SavedModel with broken bytes is loaded, or refused by a coded error; the process lives', () => {
  let folder = '';
  let model = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'damaged-'));
    model = join(folder, 'good');
    using program = new Program({ seed: 1 });
    const w = program.variable('w', { shape: [2], initializer: () => constant([1, 2]) });
    program.function('step', { x: [spec('float32', [null])] }, ({ x }) => {
      w.assignAdd(ops.mul(w, 0.5));
      return { y: ops.sum(x[0], [0]), w: w.read() };
    });
    await program.save(model);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    ['saved_model.pb', 150],
    ['variables/variables.index', 150],
    ['variables/variables.data-00000-of-00001', 30],
  ])(
    '%s',
    async (file, numRuns) => {
      const good = await readFile(join(model, file));
      const copy = join(folder, 'copy');
      await cp(model, copy, { recursive: true });
      await fc.assert(
        fc.asyncProperty(damage, async (how) => {
          await writeFile(join(copy, file), damaged(good, how));
          try {
            const program = await Program.load(copy);
            program.dispose();
          } catch (error) {
            expect(codeOf(error)).toSatisfy((code) => code in ERROR_CODES || String(code).startsWith('TF_'));
          }
        }),
        { numRuns },
      );
      await rm(copy, { recursive: true });
    },
    60_000,
  );
});

test('a structure is found again from its paths', () => {
  const key = fc.stringMatching(/^[a-z]{1,4}$/);
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.nat(),
      fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { minKeys: 1, maxKeys: 4 }),
    ),
  }));
  const isNumber = (value: unknown): value is number => typeof value === 'number';
  fc.assert(
    fc.property(fc.dictionary(key, tree, { minKeys: 1 }), (structure) => {
      expect(unflatten(flatten<number>(structure as never, isNumber))).toEqual({ ...structure });
    }),
  );
});
