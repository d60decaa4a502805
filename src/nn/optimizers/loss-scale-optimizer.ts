import { IndexedSlices } from '../../autodiff/indexed-slices.js';
import type { SparseGradient } from '../../autodiff/registry.js';
import type { Output } from '../../core/output.js';
import type { Program } from '../../core/program.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { constant, zeros } from '../initializers.js';
import { toConfig } from '../serialization.js';
import { type NamedVariable, Optimizer, optimizerDefaults, type Update } from './optimizer.js';
import type { SlotSpec } from './slots.js';
import { mapValues } from './target.js';

export interface LossScaleOptimizerOptions {
  /** What makes the updates; options of every optimizer are given to it. */
  innerOptimizer: Optimizer;
  /** Factor of the loss at first. Default 2¹⁵. */
  initialScale?: number;
  /** After so many updates in a row the factor is doubled. Default 2000. */
  dynamicGrowthSteps?: number;
  /** Prefix of its own variables. Default `loss_scale_optimizer`. */
  name?: string | null;
}

const { name: _, ...common } = toConfig(optimizerDefaults(0));
const COMMON = Object.keys(common);

/**
 * Multiplies the loss, so that gradients in float16 do not vanish, and divides the gradients again. Where one is not
 * finite, there is no update, and the factor is halved; after many updates in a row it is doubled.
 *
 * @example
 * const optimizer = new LossScaleOptimizer({ innerOptimizer: adam(1e-3) });
 */
export class LossScaleOptimizer extends Optimizer {
  static override readonly className: string = 'LossScaleOptimizer';
  static override readonly defaults = {
    name: null,
    innerOptimizer: undefined,
    initialScale: 2 ** 15,
    dynamicGrowthSteps: 2000,
  };
  // Why: older files have the options of every optimizer here too, none of which did anything.
  static override readonly ignoredConfig: readonly string[] = ['dynamic', ...COMMON];

  readonly #inner: Optimizer;
  readonly #initialScale: number;
  readonly #growthSteps: number;
  #own: { counter: Variable; scale: Variable } | undefined;

  constructor(options: LossScaleOptimizerOptions) {
    super(options);
    const { innerOptimizer, initialScale, dynamicGrowthSteps } = { ...LossScaleOptimizer.defaults, ...options };
    this.#inner = innerOptimizer;
    this.#initialScale = initialScale;
    this.#growthSteps = dynamicGrowthSteps;
    const refuse = (expected: string): never => {
      throw new TensorFlowError('ERR_ARGUMENT', `LossScaleOptimizer: ${expected}.`);
    };
    if (!(innerOptimizer instanceof Optimizer)) refuse('innerOptimizer must be an optimizer, e.g. optimizers.adam()');
    if (innerOptimizer.getConfig().loss_scale_factor != null) {
      refuse('innerOptimizer has a lossScaleFactor of its own; leave that out, since the loss is scaled here');
    }
    if (!(Number.isInteger(dynamicGrowthSteps) && dynamicGrowthSteps > 0)) {
      refuse(`dynamicGrowthSteps must be a whole number above 0, got ${dynamicGrowthSteps}`);
    }
  }

  override build(program: Program, variables: readonly Variable[]): void {
    super.build(program, variables);
    this.#inner.build(program, variables);
  }

  override replace(other: LossScaleOptimizer): void {
    this.#inner.replace(other.#inner);
    super.replace(other);
  }

  override get fresh(): boolean {
    return super.fresh && this.#inner.fresh;
  }

  override get recipe(): string {
    return super.recipe + this.#inner.recipe;
  }

  protected override extraVariables(program: Program): NamedVariable[] {
    const add = (key: string, dtype: 'int64' | 'float32', initializer = zeros()): NamedVariable => {
      const name = `${this.name}/${key}`;
      return { name, variable: program.variable(name, { shape: [], dtype, trainable: false, initializer }) };
    };
    const counter = add('step_counter', 'int64');
    const scale = add('dynamic_scale', 'float32', constant({ value: this.#initialScale }));
    this.#own = { counter: counter.variable, scale: scale.variable };
    return [counter, scale];
  }

  override get weights(): NamedVariable[] {
    return [...super.weights, ...this.#inner.weights];
  }

  override get slotNames(): string[] {
    return this.#inner.slotNames;
  }

  override stateOf(name: string, variable?: Variable): Variable | undefined {
    return this.#inner.stateOf(name, variable);
  }

  /** Updates made so far; steps with gradients that are not finite do not count. */
  override get iterations(): Variable {
    return this.#inner.iterations;
  }

  override get learningRate(): Variable {
    return this.#inner.learningRate;
  }

  override currentLearningRate(): Output {
    return this.#inner.currentLearningRate();
  }

  override excludeFromWeightDecay(which: { variables?: readonly Variable[]; names?: readonly string[] }): void {
    this.#inner.excludeFromWeightDecay(which);
  }

  /** The factor of the loss in force. */
  get dynamicScale(): Variable {
    return this.#state().scale;
  }

  override scaleLoss(loss: Output): Output {
    return ops.mul(loss, ops.cast(this.#state().scale.read(), loss.dtype));
  }

  override minimize(loss: Output, variables: readonly Variable[]): void {
    const [first] = variables;
    if (first) this.build(first.program, variables);
    super.minimize(loss, variables);
  }

  override apply(given: readonly SparseGradient[], variables: readonly Variable[]): void {
    const [first] = variables;
    if (!first) return;
    this.build(first.program, variables);
    const { counter, scale } = this.#state();
    const factor = scale.read();
    const update = (): Record<string, never> => {
      const unscaled = (values: Output): Output => ops.div(values, ops.cast(factor, values.dtype));
      this.#inner.apply(
        given.map((gradient) => gradient && mapValues(gradient, unscaled)),
        variables,
      );
      const count = counter.read();
      const grows = ops.equal(count, ops.cast(this.#growthSteps - 1, 'int64'));
      counter.assign(ops.select(grows, ops.zerosLike(count), ops.add(count, ops.onesLike(count))));
      scale.assign(ops.select(grows, ops.mul(factor, 2), factor));
      return {};
    };
    const shrink = (): Record<string, never> => {
      counter.assign(ops.zerosLike(counter.read()));
      scale.assign(ops.mul(factor, 0.5));
      return {};
    };
    ops.cond(areFinite(given), update, shrink);
  }

  /** None: all state of the variables is that of the inner optimizer. */
  protected override slotGroups(): readonly (readonly SlotSpec[])[] {
    return [];
  }

  protected override updates(): Update {
    return () => {};
  }

  #state(): { counter: Variable; scale: Variable } {
    if (this.#own) return this.#own;
    throw new TensorFlowError(
      'ERR_NOT_BUILT',
      `Optimizer '${this.name}' has no variables yet; call build(program, variables) or minimize first.`,
    );
  }
}

function areFinite(given: readonly SparseGradient[]): Output {
  const values = given.flatMap((gradient) =>
    gradient ? [gradient instanceof IndexedSlices ? gradient.values : gradient] : [],
  );
  const finite = values.map((value) => ops.all(ops.isFinite(value)));
  return ops.all(ops.stack([ops.constant(true), ...finite]));
}
