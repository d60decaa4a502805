import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { IndexedSlices } from '../../src/autodiff/indexed-slices.js';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import { optimizers } from '../../src/nn/index.js';
import * as ops from '../../src/ops/index.js';
import { expectClose, type PackedArray, unpack } from './nn-fixtures.js';

interface Case {
  case: string;
  class_name: string;
  config: Record<string, unknown>;
  /** Of `embedding` and `bias`. */
  initial: PackedArray[];
  gradients: Record<'values' | 'indices' | 'bias', PackedArray>[];
  steps: PackedArray[][];
  optimizer_variables_after: { path: string; value: PackedArray }[];
}

const golden = JSON.parse(readFileSync(new URL('sparse-optimizers.json', import.meta.url), 'utf8')) as Case[];
const TOLERANCE = { rtol: 2e-5, atol: 2e-6 };

test.each(golden.map((one) => [one.case, one] as const))(
  '%s with a gradient by rows, of which some come several times, is Keras’',
  async (_, one) => {
    using program = new Program({ seed: 1 });
    const optimizer = optimizers.deserialize(one);
    const weights = one.initial.map(({ shape }, i) =>
      program.variable(i === 0 ? 'embedding' : 'bias', { shape, initializer: (dims, dtype) => ops.zeros(dims, dtype) }),
    );
    const inputs = { values: spec('float32', [8, 3]), indices: spec('int32', [8]), bias: spec('float32', [3]) };
    const step = program.function('step', inputs, ({ values, indices, bias }) => {
      optimizer.apply([new IndexedSlices(values, indices, ops.constant([6, 3], 'int32')), bias], weights);
      return {};
    });
    await program.assign(weights.map((weight, i) => [weight, unpack(one.initial[i] as PackedArray)] as const));
    for (const [i, expected] of one.steps.entries()) {
      const { values, indices, bias } = one.gradients[i] as Case['gradients'][number];
      await step({ values: unpack(values), indices: unpack(indices), bias: unpack(bias) });
      for (const [k, value] of (await program.values(weights)).entries()) {
        await expectClose(value, expected[k] as PackedArray, TOLERANCE);
      }
    }
    const after = await program.values(optimizer.weights.map(({ variable }) => variable));
    expect(after.length).toBe(one.optimizer_variables_after.length);
    for (const [k, { value }] of one.optimizer_variables_after.entries()) {
      await expectClose(after[k] as (typeof after)[number], value, TOLERANCE);
    }
  },
);
