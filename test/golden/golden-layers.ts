import { expect } from 'vitest';
import { gradients } from '../../src/autodiff/gradients.js';
import { constant } from '../../src/core/constant.js';
import { camelCase } from '../../src/core/naming.js';
import type { Output } from '../../src/core/output.js';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import type { Tensor } from '../../src/core/tensor.js';
import { deserialize } from '../../src/layers/index.js';
import * as ops from '../../src/ops/index.js';
import { expectClose, type PackedArray, type PackedText, type Tolerance, unpack, unpackText } from './nn-fixtures.js';

/** A call of a layer in Keras: see the README of the shared fixtures. */
export interface LayerCase {
  case: string;
  class_name: string;
  config: Record<string, unknown>;
  inputs: (PackedArray | PackedText)[];
  inputs_as_list: boolean;
  training: boolean;
  call_kwargs?: Record<string, unknown>;
  weights: { name: string; path: string; trainable: boolean; value: PackedArray }[];
  outputs: PackedArray[];
  cotangents: PackedArray[];
  input_gradients: (PackedArray | null)[];
  weight_gradients: { value: PackedArray }[];
  non_trainable_after?: { value: PackedArray }[];
  tolerance?: Tolerance;
}

const TOLERANCE: Tolerance = { rtol: 1e-4, atol: 2e-5 };

/** Outputs, gradients, state and config of a layer as Keras has them. */
export async function checkLayerCase(golden: LayerCase): Promise<void> {
  using program = new Program({ seed: 1 });
  const layer = deserialize(golden);
  const tol = golden.tolerance ?? TOLERANCE;
  const hosts = golden.inputs.map((one) => ('values' in one ? unpackText(one) : unpack(one)));
  const feeds = Object.fromEntries(hosts.map((t, i) => [`x${i}`, t]));
  const specs = Object.fromEntries(hosts.map((t, i) => [`x${i}`, spec(t.dtype, t.shape)]));
  const run = program.trace('golden', specs, (values) => {
    const xs = Object.values<Output>(values);
    const input = xs.length > 1 || golden.inputs_as_list ? xs : (xs[0] as Output);
    const options = { training: golden.training, ...callOptions(golden) };
    const y = [layer.invoke<Output | readonly Output[]>(program, input, options)].flat() as Output[];
    const parts = y.map((one, i) =>
      ops.sum(ops.mul(ops.cast(one, 'float32'), constant(unpack(golden.cotangents[i] as PackedArray)))),
    );
    const scalar = parts.reduce((sum, part) => ops.add(sum, part));
    const wanted = [...xs.filter((_, i) => golden.input_gradients[i] != null), ...layer.trainableWeights];
    const found = wanted.length ? gradients(scalar, wanted) : [];
    return { y, gradients: found.map((g, i) => g ?? ops.zerosLike(wanted[i] as Output)) };
  });
  expect(layer.weights.map((w) => w.name.split('/').at(-1))).toEqual(golden.weights.map((w) => w.name));
  await layer.setWeights(golden.weights.map((w) => unpack(w.value)));
  const { y, gradients: got } = (await run(feeds)) as { y: Tensor[]; gradients: Tensor[] };
  expect(y).toHaveLength(golden.outputs.length);
  for (const [i, one] of y.entries()) await expectClose(one, golden.outputs[i] as PackedArray, tol);
  const expected = [
    ...golden.input_gradients.filter((g): g is PackedArray => g !== null),
    ...golden.weight_gradients.map((g) => g.value),
  ];
  expect(got.length).toBe(expected.length);
  for (const [i, gradient] of got.entries()) await expectClose(gradient, expected[i] as PackedArray, tol);
  for (const [i, after] of (golden.non_trainable_after ?? []).entries()) {
    const variable = layer.nonTrainableWeights[i];
    if (variable) await expectClose(await variable.value(), after.value, tol);
  }
  expect(deserialize({ class_name: golden.class_name, config: layer.getConfig() }).getConfig()).toEqual(
    layer.getConfig(),
  );
}

/** Keras' call arguments: packed arrays are constants. */
function callOptions({ call_kwargs: given = {} }: LayerCase): Record<string, unknown> {
  const value = (v: unknown): unknown => {
    if (Array.isArray(v)) return v.map(value);
    return typeof v === 'object' && v !== null && 'b64' in v ? constant(unpack(v as PackedArray)) : v;
  };
  return Object.fromEntries(Object.entries(given).map(([key, v]) => [camelCase(key), value(v)]));
}

/** What random-configurations.py weighs the k-th output with. */
export function cotangentOf({ shape }: PackedArray, k: number): PackedArray {
  const length = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length }, (_, i) => Math.cos(0.7 * i + k));
  return { dtype: 'float32', shape, b64: Buffer.from(values.buffer).toString('base64') };
}
