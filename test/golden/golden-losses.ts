import { gradients } from '../../src/autodiff/gradients.js';
import { setMask } from '../../src/core/mask.js';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import { losses } from '../../src/nn/index.js';
import * as ops from '../../src/ops/index.js';
import { expectClose, type PackedArray, type Tolerance, unpack } from './nn-fixtures.js';

/** A call of a loss in Keras: see the README of the shared fixtures. */
export interface LossCase {
  class_name: string;
  arguments: Record<string, unknown>;
  config: Record<string, unknown>;
  y_true: PackedArray;
  y_pred: PackedArray;
  sample_weight: PackedArray | null;
  /** What counts of the predictions. */
  mask?: PackedArray | null;
  value: PackedArray;
  gradient: PackedArray | null;
  tolerance: Tolerance;
}

/** The loss with the options it was made with: some of Keras' configs leave them out. */
export const lossOf = (one: LossCase) =>
  losses.deserialize({ class_name: one.class_name, config: { ...one.config, ...one.arguments } });

/** Value and gradient of a loss as Keras has them. */
export async function checkLossCase(one: LossCase): Promise<void> {
  using program = new Program({ seed: 1 });
  const like = ({ dtype, shape }: PackedArray) => spec(dtype, [null, ...shape.slice(1)]);
  const { sample_weight: weight, mask } = one;
  const inputs = {
    yTrue: like(one.y_true),
    yPred: like(one.y_pred),
    ...(weight ? { sampleWeight: like(weight) } : {}),
    ...(mask ? { mask: like(mask) } : {}),
  };
  const run = program.function('loss', inputs, ({ yTrue, yPred, sampleWeight, mask }) => {
    setMask(yPred, mask ?? null);
    const value = lossOf(one).call(yTrue, yPred, sampleWeight);
    const [gradient] = gradients(ops.sum(value), [yPred]);
    if (!gradient) throw new Error(`${one.class_name} has no gradient.`);
    return { value, gradient };
  });
  const { value, gradient } = await run({
    yTrue: unpack(one.y_true),
    yPred: unpack(one.y_pred),
    ...(weight ? { sampleWeight: unpack(weight) } : {}),
    ...(mask ? { mask: unpack(mask) } : {}),
  } as never);
  await expectClose(value, one.value, one.tolerance);
  if (one.gradient) await expectClose(gradient, one.gradient, one.tolerance);
}
