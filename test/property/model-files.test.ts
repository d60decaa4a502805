import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as layers from '../../src/layers/index.js';
import { cloneModel, input, type Model, model } from '../../src/models/index.js';
import { loadModel } from '../../src/saving/load-model.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-files-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const FORMATS = ['m.keras', 'm.h5', 'm.weights.h5', 'm.npz', 'm.safetensors'];

/** Dense layers, some on two layers before them, some called twice. */
function networkOf(steps: readonly [kind: number, first: number, second: number][]): Model {
  const start = input({ shape: [3] });
  const values = [start];
  const shared = layers.dense({ units: 3, activation: 'tanh' });
  for (const [kind, i, j] of steps) {
    const [a, b] = [values[i % values.length] ?? start, values[j % values.length] ?? start];
    const made = [
      () => layers.dense({ units: 3 }).apply(a),
      () => layers.add().apply([a, b]),
      () => shared.apply(a),
      () => layers.batchNormalization().apply(a),
      () => layers.dense({ units: 3, useBias: false, trainable: false }).apply(layers.concatenate().apply([a, b])),
    ];
    values.push((made[kind] as () => typeof start)());
  }
  return model({ inputs: start, outputs: layers.add().apply([values.at(-1) ?? start, shared.apply(start)]) });
}

async function weightsOf(made: Model): Promise<unknown[]> {
  return (await made.getWeights()).map((value) => value.dataSync());
}

async function load(file: string, like: Model): Promise<Model> {
  if (file === 'm.keras' || file === 'm.h5') return loadModel(join(folder, file));
  const other = cloneModel(like);
  await other.loadWeights(join(folder, file)).catch((error) => {
    other.dispose();
    throw error;
  });
  return other;
}

async function save(file: string, made: Model): Promise<void> {
  await (file === 'm.keras' || file === 'm.h5' ? made.save(join(folder, file)) : made.saveWeights(join(folder, file)));
}

describe.each(FORMATS)('%s', (file) => {
  test('what is saved is loaded, for networks of any shape', async () => {
    const step = fc.tuple(fc.nat(4), fc.nat(), fc.nat());
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 28 }), async (steps) => {
        using ours = networkOf(steps);
        await save(file, ours);
        using loaded = await load(file, ours);
        expect(await weightsOf(loaded)).toEqual(await weightsOf(ours));
        expect(loaded.getConfig().layers).toHaveLength(ours.layers.length);
      }),
      { numRuns: 12 },
    );
  });

  test('damage is refused with a code, or does no harm', { timeout: 300_000 }, async () => {
    using ours = networkOf([[0, 0, 0], [3, 1, 0]]); // biome-ignore format: short
    await save(file, ours);
    const good = await readFile(join(folder, file));
    const names = await readdir(folder);
    const damage = fc.oneof(
      fc.nat(good.length - 1).map((end) => good.subarray(0, end)),
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 8 }).map((flips) => flipped(good, flips)), // biome-ignore format: one line
      fc.tuple(fc.nat(good.length - 1), fc.uint8Array({ minLength: 1, maxLength: 16 })).map(([at, bytes]) => overwritten(good, at, bytes)), // biome-ignore format: one line
    );
    await fc.assert(
      fc.asyncProperty(damage, async (bytes) => {
        await writeFile(join(folder, file), bytes);
        const failure = await load(file, ours).then((made) => made.dispose(), (error) => error); // biome-ignore format: one line
        if (failure !== undefined) {
          expect(failure.code).toMatch(/^ERR_(FILE_FORMAT|SHAPE|UNKNOWN_NAME|ARGUMENT|DTYPE|GRAPH|NOT_BUILT)$/);
        }
        expect(await readdir(folder)).toEqual(names);
      }),
      // Why: a failure ends the thread of the HDF5 library, and another takes its time.
      { numRuns: /h5$/.test(file) ? 50 : 150 },
    );
  });
});

function flipped(good: Buffer, flips: readonly (readonly [number, number])[]): Buffer {
  const bad = Buffer.from(good);
  for (const [at, mask] of flips) bad[at] = (bad[at] ?? 0) ^ mask;
  return bad;
}

function overwritten(good: Buffer, at: number, bytes: Uint8Array): Buffer {
  const bad = Buffer.from(good);
  bad.set(bytes.subarray(0, good.length - at), at);
  return bad;
}
