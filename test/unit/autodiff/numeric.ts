import { gradients } from '../../../src/autodiff/gradients.js';
import type { DType } from '../../../src/core/dtype.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { sizeOf } from '../../../src/core/shape.js';
import { spec } from '../../../src/core/spec.js';
import { Tensor, tensor } from '../../../src/core/tensor.js';
import * as ops from '../../../src/ops/index.js';

/** An input of a function under test. */
export interface Input {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export type Build = (...inputs: Output[]) => Output;

export interface CheckOptions {
  /** Default float64. */
  dtype?: DType;
  /** Half the distance between the two points of a difference. Default 1e-5. */
  step?: number;
  /** Fed through placeholders of unknown dimensions. Default false. */
  open?: boolean;
}

/**
 * The largest difference between the gradients of a weighted sum of `build(…)` and its central differences, relative
 * to the gradients' size where that is above 1.
 */
export async function gradientError(
  build: Build,
  inputs: readonly Input[],
  options: CheckOptions = {},
): Promise<number> {
  const { dtype = 'float64', step = 1e-5, open = false } = options;
  using program = new Program({ seed: 1 });
  const specs = Object.fromEntries(
    inputs.map(({ shape }, i) => [`x${i}`, spec(dtype, open ? shape.map(() => null) : shape)]),
  );
  const run = program.function('run', specs, (given) => {
    const xs = Object.values(given);
    const loss = weighted(build(...xs));
    return { loss, gradients: gradients(loss, xs).map((dx, i) => dx ?? ops.zerosLike(xs[i] as Output)) };
  });
  const loss = program.callable(Object.values(run.inputs), [run.outputs.loss]);
  const feeds = Object.fromEntries(inputs.map(({ shape, values }, i) => [`x${i}`, tensor([...values], shape, dtype)]));
  const found = (await run(feeds)).gradients.map((dx) => [...(dx.dataSync() as Float64Array)]);
  let worst = 0;
  for (const [i, { shape, values }] of inputs.entries()) {
    for (let j = 0; j < sizeOf(shape); j++) {
      const at = (delta: number): number => {
        const moved = values.map((value, k) => (k === j ? value + delta : value));
        const fed = { ...feeds, [`x${i}`]: tensor(moved, shape, dtype) };
        const [value] = loss.runSync(Object.values(fed).map(({ native }) => native));
        return value ? Number(new Tensor(value).array()) : Number.NaN;
      };
      const expected = (at(step) - at(-step)) / (2 * step);
      const error = Math.abs(expected - (found[i]?.[j] ?? Number.NaN)) / Math.max(1, Math.abs(expected));
      worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
    }
  }
  return worst;
}

/** Σ y · (0.3, 0.8, −0.4 …): every element of y counts differently. */
function weighted(y: Output): Output {
  const flat = ops.reshape(y, [-1]);
  const index = ops.cast(ops.range(0, ops.size(flat), 1), y.dtype);
  return ops.sum(ops.mul(flat, ops.add(ops.sin(ops.mul(index, 2.3)), 0.3)));
}

/** Values no two of which are equal, none of them 0 or a whole number, in the order of `order`. */
export function spread(shape: readonly number[], order: readonly number[], shift = 0.25): Input {
  const count = sizeOf(shape);
  const values = Array.from({ length: count }, (_, i) => 0.13 * ((order[i] ?? i) - Math.floor(count / 2) + shift));
  return { shape, values };
}
