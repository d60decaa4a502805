import type { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import { withScope } from '../core/scope.js';
import type { TensorSpec } from '../core/spec.js';
import type { Tensor } from '../core/tensor.js';
import * as ops from '../ops/index.js';
import type { GraphDataset } from './graph-dataset.js';
import { isEnd } from './source.js';

/** Runs a dataset from its first element to its last, in a program of its own. */
export async function* readDataset(
  inputs: readonly TensorSpec[],
  values: readonly Tensor[],
  build: (program: Program, inputs: readonly Output[]) => GraphDataset,
): AsyncGenerator<Tensor[]> {
  using program = new Program();
  const feeds = withScope(program.scope, () => inputs.map((input) => ops.placeholder(input)));
  const { start, next } = withScope(program.scope, () => build(program, feeds).iterate());
  await program.callable(feeds, [], [start]).run(values.map(({ native }) => native));
  const step = program.function('next', {}, next);
  for (;;) {
    try {
      yield await step({});
    } catch (error) {
      if (isEnd(error)) return;
      throw error;
    }
  }
}
