import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listOf } from '../../src/core/several.js';
import { Tensor, tensor } from '../../src/core/tensor.js';
import { convert, loadModel } from '../../src/index.js';
import type { Model } from '../../src/models/model.js';

const python = process.env.LIBTENSORFLOW_NODE_PYTHON ?? '';
const MODELS = resolve(import.meta.dirname, '../../../shared/fixtures/models');
const MINUTE = 60_000;

async function judge(...args: string[]): Promise<number[][]> {
  const script = resolve('test/interop/judge_conversions.py');
  const { stdout } = await promisify(execFile)(python, [script, ...args], { maxBuffer: 2 ** 26 });
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('['))
    .map((line) => JSON.parse(line));
}

/** As `inputs` of judge_conversions.py. */
function inputs(sample: readonly (number | null)[], name: string): Tensor {
  const shape = [4, ...sample.slice(1).map((size) => size ?? 5)];
  const count = shape.reduce((a, b) => a * b, 1);
  const steps = Array.from({ length: count }, (_, i) => (i * 7) % (name === 'tokens' ? 50 : 251));
  return name === 'tokens'
    ? tensor(steps, shape, 'int32')
    : tensor(
        Float32Array.from(steps, (v) => v / 250),
        shape,
      );
}

/** Outputs in order, and in the order of their names, as SavedModels have them. */
async function predictions(model: Model): Promise<{ ordered: number[]; byName: number[] }> {
  const x = (model.modelInputs ?? []).map(({ name, shape }) => inputs(shape ?? [], name));
  const y = await model.predict<Tensor | Tensor[]>(x.length === 1 ? (x[0] as Tensor) : x);
  const parts = listOf(y, (value): value is Tensor => value instanceof Tensor);
  const names = model.outputNames ?? [];
  const sorted = parts.map((part, i) => ({ part, name: names[i] ?? '' })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const numbers = (all: readonly Tensor[]) => all.flatMap((part) => Array.from(part.dataSync() as Float32Array));
  return { ordered: numbers(parts), byName: numbers(sorted.map(({ part }) => part)) };
}

function expectNear(got: readonly number[] | undefined, wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expect(Math.abs((got?.[i] ?? Number.NaN) - value)).toBeLessThan(1e-5);
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conversions-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('Python predicts the same with what a fixture was converted to', { timeout: 5 * MINUTE }, () => {
  test.each(['cifar_model_k2.h5', 'cifar_savedmodel_k2', 'branches.keras', 'mixed_conv_k2.h5', 'text.keras'])(
    '%s',
    async (name) => {
      using model = await loadModel(join(MODELS, name));
      const { ordered, byName } = await predictions(model);
      const at = (end: string): string => join(folder, `${name.replace('.', '-')}${end}`);
      await convert(join(MODELS, name), at('.keras'), { check: false });
      await convert(at('.keras'), at('-web'), { format: 'tfjs', check: false });
      await convert(at('-web'), at(''), { check: false });
      await convert(at(''), at('-2.h5'), { dialect: 'keras2', check: false });
      await convert(at('-2.h5'), at('-3.h5'), { dialect: 'keras3', check: false });
      const [archive, saved, new5] = await judge('keras3', at('.keras'), at(''), at('-3.h5'));
      expectNear(archive, ordered);
      expectNear(saved, byName);
      expectNear(new5, ordered);
      const [old5] = await judge('keras2', at('-2.h5'));
      expectNear(old5, ordered);
    },
  );

  test.each(['branches_export', 'text_export', 'graph_train'])('%s, a graph', async (name) => {
    using model = await loadModel(join(MODELS, name));
    await convert(join(MODELS, name), join(folder, name), { check: false });
    const [saved] = await judge('keras3', join(folder, name));
    expectNear(saved, (await predictions(model)).byName);
  });

  test('a frozen graph', async () => {
    const frozen = resolve('test/golden/graphs/frozen.pb');
    using model = await loadModel(frozen, { outputs: ['out/probabilities'] });
    await convert(frozen, join(folder, 'frozen'));
    const [saved = []] = await judge('keras3', join(folder, 'frozen'));
    expectNear(saved.slice(4), (await predictions(model)).ordered);
  });
});
