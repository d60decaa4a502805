import type { Output } from '../../core/output.js';
import type { Variable } from '../../core/variable.js';
import * as ops from '../../ops/index.js';
import { follow } from './follow.js';
import {
  Optimizer,
  type OptimizerOptions,
  optimizerDefaults,
  type Step,
  type Target,
  type Update,
} from './optimizer.js';
import type { SlotSpec } from './slots.js';

export interface AdafactorOptions extends OptimizerOptions {
  /** Power of the step by which averages forget less and less. Default −0.8. */
  beta2Decay?: number;
  /** Added to squared gradients. Default 1e-30. */
  epsilon1?: number;
  /** Least size a weight counts with. Default 0.001. */
  epsilon2?: number;
  /** Greatest root mean square of a step. Default 1. */
  clipThreshold?: number;
  /** Whether the learning rate is at most 1 / √step. Default true. */
  relativeStep?: boolean;
}

/** Adam that keeps row and column averages in place of a matrix. Learning rate by default 0.001. */
export class Adafactor extends Optimizer<AdafactorOptions> {
  static override readonly className: string = 'Adafactor';
  static override readonly defaults = {
    ...optimizerDefaults(0.001),
    beta2Decay: -0.8,
    epsilon1: 1e-30,
    epsilon2: 0.001,
    clipThreshold: 1,
    relativeStep: true,
  };

  // Why: Keras has r and c for vectors too, as int32 scalars that nothing reads.
  protected override slotGroups(): readonly (readonly SlotSpec[])[] {
    const dtype = (variable: Variable) => (isMatrix(variable) ? variable.dtype : 'int32');
    const without = (axis: number) => (variable: Variable) =>
      isMatrix(variable) ? variable.shape.filter((_, i) => i !== variable.shape.length + axis) : [];
    return [
      [
        { key: 'r', suffix: '', shape: without(-1), dtype },
        { key: 'c', suffix: '', shape: without(-2), dtype },
        { key: 'velocity' },
      ],
    ];
  }

  protected override updates({ learningRate, iteration }: Step): Update {
    const { beta2Decay, epsilon1, epsilon2, clipThreshold } = this.options;
    const count = ops.add(iteration, 1);
    // Why: with `relativeStep` off Keras still limits the rate here, so the option changes nothing.
    const rate = ops.minimum(learningRate, ops.rsqrt(count));
    const forget = ops.pow(count, beta2Decay);
    return (target) => {
      const { gradient, variable, slot } = target;
      const ownSquares = target.sumOf(ops.square);
      const squares = ops.add(ownSquares, epsilon1);
      const velocity = slot('velocity');
      if (isMatrix(variable)) velocity.assign(factored(target, squares, forget));
      else follow(velocity, squares, forget);
      const step = ops.mul(gradient, ops.rsqrt(velocity.read()));
      const stepSize = ops.sqrt(ops.mean(ops.div(ownSquares, velocity.read())));
      const size = ops.maximum(ops.div(stepSize, clipThreshold), 1);
      const scale = ops.maximum(rootMeanSquare(variable.read()), epsilon2);
      ops.resourceApplyGradientDescent(variable, ops.mul(scale, rate), ops.div(step, size));
    };
  }
}

/** Average squares put together from those of rows and columns. */
function factored({ slot }: Target, squares: Output, forget: Output): Output {
  const [r, c] = [slot('r'), slot('c')];
  follow(r, ops.mean(squares, -1), forget);
  follow(c, ops.mean(squares, -2), forget);
  const rows = r.read();
  const share = ops.div(rows, ops.mean(rows, -1, { keepDims: true }));
  return ops.mul(ops.expandDims(share, -1), ops.expandDims(c.read(), -2));
}

function rootMeanSquare(x: Output): Output {
  return ops.sqrt(ops.mean(ops.square(x)));
}

function isMatrix({ shape }: Variable): boolean {
  return shape.length >= 2;
}
