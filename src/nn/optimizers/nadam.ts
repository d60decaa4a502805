import type { Program } from '../../core/program.js';
import type { Variable } from '../../core/variable.js';
import * as ops from '../../ops/index.js';
import { ones } from '../initializers.js';
import { follow } from './follow.js';
import {
  type NamedVariable,
  Optimizer,
  type OptimizerOptions,
  optimizerDefaults,
  type Step,
  type Update,
} from './optimizer.js';
import type { SlotSpec } from './slots.js';

export interface NadamOptions extends OptimizerOptions {
  /** How much of the average of gradients each step keeps. Default 0.9. */
  beta1?: number;
  /** How much of the average of squared gradients each step keeps. Default 0.999. */
  beta2?: number;
  /** Keeps divisors from 0. Default 1e-7. */
  epsilon?: number;
}

/** Base of the power by which the momentum of a step nears `beta1`. */
const DECAY = 0.96;

/** Adam with Nesterov's momentum. Learning rate by default 0.001. */
export class Nadam extends Optimizer<NadamOptions> {
  static override readonly className: string = 'Nadam';
  static override readonly defaults = { ...optimizerDefaults(0.001), beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

  /** Product of the momenta of all steps so far. */
  #product: Variable | undefined;

  protected override slotGroups(): readonly (readonly SlotSpec[])[] {
    return [[{ key: 'momentum' }, { key: 'velocity' }]];
  }

  protected override extraVariables(program: Program): NamedVariable[] {
    // Why: Keras gives this variable no name, so files have it as `variable`.
    const variable = program.variable(`${this.name}/variable`, { shape: [], trainable: false, initializer: ones() });
    this.#product = variable;
    return [{ name: 'variable', variable }];
  }

  protected override updates({ dtype, learningRate, iteration }: Step): Update {
    const { beta1, beta2, epsilon } = this.options;
    const momentumAt = (count: number) =>
      ops.mul(ops.sub(1, ops.mul(ops.pow(ops.cast(DECAY, dtype), ops.add(iteration, count)), 0.5)), beta1);
    const [now, next] = [momentumAt(1), momentumAt(2)];
    const product = this.#product as Variable;
    product.assign(ops.mul(product.read(), ops.cast(now, 'float32')));
    const soFar = ops.cast(product.read(), dtype);
    const momentumScale = ops.div(next, ops.sub(1, ops.mul(soFar, next)));
    const gradientScale = ops.div(ops.sub(1, now), ops.sub(1, soFar));
    const velocityScale = ops.sub(1, ops.pow(ops.cast(beta2, dtype), ops.add(iteration, 1)));
    const [forget1, forget2] = [ops.cast(1 - beta1, dtype), ops.cast(1 - beta2, dtype)];
    return ({ gradient, sumOf, variable, slot }) => {
      const [momentum, velocity] = [slot('momentum'), slot('velocity')];
      follow(momentum, gradient, forget1);
      follow(velocity, sumOf(ops.square), forget2);
      const direction = ops.add(ops.mul(momentum.read(), momentumScale), ops.mul(gradient, gradientScale));
      const size = ops.add(ops.sqrt(ops.div(velocity.read(), velocityScale)), epsilon);
      ops.resourceApplyGradientDescent(variable, learningRate, ops.div(direction, size));
    };
  }
}
