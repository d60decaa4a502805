import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { gradients } from '../../src/autodiff/gradients.js';
import { constant } from '../../src/core/constant.js';
import { camelCase } from '../../src/core/naming.js';
import type { Output } from '../../src/core/output.js';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import type { Tensor } from '../../src/core/tensor.js';
import { deserialize, layerNames } from '../../src/layers/index.js';
import * as ops from '../../src/ops/index.js';
import { expectClose, type PackedArray as Packed, readFixture, type Tolerance, unpack } from './nn-fixtures.js';

interface LayerCase {
  case: string;
  class_name: string;
  config: Record<string, unknown>;
  inputs: Packed[];
  inputs_as_list: boolean;
  training: boolean;
  call_kwargs?: Record<string, unknown>;
  weights: { name: string; path: string; trainable: boolean; value: Packed }[];
  outputs: Packed[];
  cotangents: Packed[];
  input_gradients: (Packed | null)[];
  weight_gradients: { value: Packed }[];
  non_trainable_after?: { value: Packed }[];
  tolerance?: Tolerance;
}

const { cases, tolerance = { rtol: 1e-4, atol: 2e-5 } } = readFixture<{ cases: LayerCase[]; tolerance?: Tolerance }>(
  'layers.json',
);
const local = (file: string): LayerCase[] =>
  (JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as { cases: LayerCase[] }).cases;
const known = new Set(layerNames());

describe('layers agree with Keras', () => {
  for (const golden of [...cases, ...local('layers-more.json'), ...local('sequence-layers.json')].filter((c) =>
    known.has(c.class_name),
  )) {
    test(golden.case, () => check(golden));
  }
});

async function check(golden: LayerCase): Promise<void> {
  using program = new Program({ seed: 1 });
  const layer = deserialize(golden);
  const tol = golden.tolerance ?? tolerance;
  const hosts = golden.inputs.map(unpack);
  const feeds = Object.fromEntries(hosts.map((t, i) => [`x${i}`, t]));
  const specs = Object.fromEntries(hosts.map((t, i) => [`x${i}`, spec(t.dtype, t.shape)]));
  const run = program.trace('golden', specs, (values) => {
    const xs = Object.values<Output>(values);
    const input = xs.length > 1 || golden.inputs_as_list ? xs : (xs[0] as Output);
    const options = { training: golden.training, ...callOptions(golden) };
    const y = [layer.invoke<Output | readonly Output[]>(program, input, options)].flat() as Output[];
    const parts = y.map((one, i) => ops.sum(ops.mul(one, constant(unpack(golden.cotangents[i] as Packed)))));
    const scalar = parts.reduce((sum, part) => ops.add(sum, part));
    const wanted = [...xs.filter((x) => x.dtype === 'float32'), ...layer.trainableWeights];
    return { y, gradients: gradients(scalar, wanted).map((g, i) => g ?? ops.zerosLike(xs[i] as Output)) };
  });
  expect(layer.weights.map((w) => w.name.split('/').at(-1))).toEqual(golden.weights.map((w) => w.name));
  await layer.setWeights(golden.weights.map((w) => unpack(w.value)));
  const { y, gradients: got } = (await run(feeds)) as { y: Tensor[]; gradients: Tensor[] };
  expect(y).toHaveLength(golden.outputs.length);
  for (const [i, one] of y.entries()) await expectClose(one, golden.outputs[i] as Packed, tol);
  const expected = [
    ...golden.input_gradients.filter((g): g is Packed => g !== null),
    ...golden.weight_gradients.map((g) => g.value),
  ];
  expect(got.length).toBe(expected.length);
  for (const [i, gradient] of got.entries()) await expectClose(gradient, expected[i] as Packed, tol);
  await checkState(layer.nonTrainableWeights, golden, tol);
  expect(deserialize({ class_name: golden.class_name, config: layer.getConfig() }).getConfig()).toEqual(
    layer.getConfig(),
  );
}

/** Keras' call arguments: packed arrays are constants. */
function callOptions({ call_kwargs: given = {} }: LayerCase): Record<string, unknown> {
  const value = (v: unknown): unknown => {
    if (Array.isArray(v)) return v.map(value);
    return typeof v === 'object' && v !== null && 'b64' in v ? constant(unpack(v as Packed)) : v;
  };
  return Object.fromEntries(Object.entries(given).map(([key, v]) => [camelCase(key), value(v)]));
}

async function checkState(
  variables: readonly { value(): Promise<Tensor> }[],
  golden: LayerCase,
  tol: Tolerance,
): Promise<void> {
  for (const [i, after] of (golden.non_trainable_after ?? []).entries()) {
    const variable = variables[i];
    if (variable) await expectClose(await variable.value(), after.value, tol);
  }
}
