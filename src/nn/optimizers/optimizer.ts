import { sparseGradients } from '../../autodiff/gradients.js';
import type { SparseGradient } from '../../autodiff/registry.js';
import type { DType } from '../../core/dtype.js';
import { snakeCase } from '../../core/naming.js';
import type { Output } from '../../core/output.js';
import type { Program } from '../../core/program.js';
import type { KeptValues } from '../../core/program-state.js';
import { nameScope } from '../../core/scope.js';
import { tensor } from '../../core/tensor.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { Configurable, isSerialized } from '../serialization.js';
import { accumulate, GRADIENT_SUM } from './accumulation.js';
import { clipGradients } from './clipping.js';
import { AVERAGE, updateAverages } from './moving-average.js';
import { checkOneClip, type OptimizerOptions, optimizerDefaults } from './optimizer-options.js';
import { LearningRateSchedule, deserialize as scheduleOf } from './schedules/index.js';
import { hasSlot, type NamedVariable, type SlotSpec, Slots, slotName } from './slots.js';
import { mapValues, type Pair, type Target, targetOf } from './target.js';

export { type OptimizerOptions, optimizerDefaults } from './optimizer-options.js';
export type { NamedVariable } from './slots.js';
export type { Target } from './target.js';

/** What all variables of a step have in common, in one dtype. */
export interface Step {
  readonly dtype: DType;
  readonly learningRate: Output;
  /** Updates made before this one. */
  readonly iteration: Output;
}

/** Adds the update of one variable to the graph. */
export type Update = (target: Target) => void;

/**
 * Makes losses small. A subclass lists its slots and says how a variable is updated; what is common to all of them,
 * clipping, weight decay, moving averages, accumulation, is here.
 *
 * @example
 * const optimizer = adam(1e-3);
 * optimizer.minimize(loss, [w]);   // inside a function: every run of it is one update
 */
export abstract class Optimizer<O extends OptimizerOptions = OptimizerOptions> extends Configurable<O> {
  static override readonly module: string = 'keras.optimizers';
  static override readonly ignoredConfig: readonly string[] = ['jit_compile', 'is_legacy_optimizer', 'decay'];

  readonly name: string;
  readonly #settings: Required<OptimizerOptions>;
  readonly #schedule: LearningRateSchedule | null;
  #built: Built | undefined;
  /** What its variables held when another one took them. */
  #left: Left | undefined;
  #exempt: Exempt = { variables: [], names: [] };

  constructor(options: O = {} as O) {
    super(options);
    this.#settings = { ...optimizerDefaults(0), ...this.options };
    this.name = this.#settings.name ?? snakeCase(this.className);
    const { learningRate } = this.#settings;
    const schedule = isSerialized(learningRate) ? scheduleOf(learningRate) : learningRate;
    this.#schedule = schedule instanceof LearningRateSchedule ? schedule : null;
    checkOneClip(this.className, this.#settings);
  }

  /** The state of each variable, group by group: the slots of one group alternate, as in Keras. */
  protected abstract slotGroups(): readonly (readonly SlotSpec[])[];

  /** The update of every variable of one dtype; what they share is computed here, once per step. */
  protected abstract updates(step: Step): Update;

  /** Share of a variable that its updates take off. Default: `weightDecay` of every one. */
  protected weightDecayOf(_variable: Variable): number | null {
    return this.#settings.weightDecay;
  }

  /** State besides the slots, in Keras' order. */
  protected extraVariables(_program: Program): NamedVariable[] {
    return [];
  }

  /**
   * Makes the optimizer's variables in a program. `minimize` and `apply` do so by themselves. Idempotent.
   *
   * @param variables all that it will ever update
   */
  build(program: Program, variables: readonly Variable[]): void {
    if (this.#built?.program === program) return;
    if (this.#built) {
      throw new TensorFlowError(
        'ERR_GRAPH',
        `Optimizer '${this.name}' has its state in another program; make one optimizer for each program.`,
      );
    }
    const settings = this.#settings;
    const add = (key: string, dtype: DType, value: number): NamedVariable => {
      const name = `${this.name}/${key}`;
      const initializer = () => ops.constant(tensor(dtype === 'int64' ? BigInt(value) : value, [], dtype));
      return { name, variable: program.variable(name, { shape: [], dtype, trainable: false, initializer }) };
    };
    const iteration = add('iteration', 'int64', 0);
    const { learningRate } = settings;
    const rate = typeof learningRate === 'number' ? add('learning_rate', 'float32', learningRate) : null;
    const slots = new Slots(this.name, program, variables, this.#allGroups());
    this.#built = { program, variables, iteration, rate, slots, extras: this.extraVariables(program) };
    const left = this.#left;
    this.#left = undefined;
    const same = left?.program === program && left.variables.every((variable, i) => variable === variables[i]);
    if (same) program.resume(madeBy(this.#built), left.kept);
  }

  /**
   * @internal Takes the variables of an optimizer of the same config, so that functions traced with that one are this
   * one's. They start anew, or as this one left them; that one is as before it was built, until it is built again.
   */
  replace(other: Optimizer): void {
    const state = other.#state();
    const { program, variables } = state;
    other.#built = undefined;
    const kept = program.reusing(madeBy(state), () => this.build(program, variables));
    other.#left = { program, variables, kept };
  }

  /** @internal Whether it has no state yet. */
  get fresh(): boolean {
    return !this.built;
  }

  /** @internal What its updates depend on, as text. */
  get recipe(): string {
    const { variables, names } = this.#exempt;
    return JSON.stringify([this.className, this.getConfig(), variables.map(({ name }) => name), names]);
  }

  get built(): boolean {
    return this.#built !== undefined;
  }

  /** All of its variables with their names in Keras' files: iteration, learning rate, slots, in Keras' order. */
  get weights(): NamedVariable[] {
    const { iteration, rate, slots, extras } = this.#state();
    return [iteration, ...(rate ? [rate] : []), ...slots.named, ...extras];
  }

  /** The variables it updates, in the order it was built with. */
  get variables(): readonly Variable[] {
    return this.#state().variables;
  }

  /** Ends of the slots' names in Keras' files, in Keras' order. */
  get slotNames(): string[] {
    return this.#allGroups()
      .flat()
      .filter(({ scratch }) => !scratch)
      .map(slotName);
  }

  /** A piece of state by the end of its name in Keras' files: `iteration`, `learning_rate`, or a slot of a variable. */
  stateOf(name: string, variable?: Variable): Variable | undefined {
    const { iteration, rate, slots } = this.#state();
    if (!variable) return name === 'iteration' ? iteration.variable : rate?.variable;
    const spec = this.#allGroups()
      .flat()
      .find((candidate) => slotName(candidate) === name);
    return spec && hasSlot(spec, variable) ? slots.of(variable, spec.key) : undefined;
  }

  /** Updates made so far; with gradient accumulation, steps. */
  get iterations(): Variable {
    return this.#state().iteration.variable;
  }

  /**
   * The learning rate, to be read or set between steps.
   *
   * @throws ERR_ARGUMENT where a schedule says what it is
   */
  get learningRate(): Variable {
    const { rate } = this.#state();
    if (rate) return rate.variable;
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `Optimizer '${this.name}' follows ${this.#schedule?.className}; give learningRate as a number to set it yourself.`,
    );
  }

  /** Inside a function: the learning rate in force, a float32 scalar. */
  currentLearningRate(): Output {
    const { rate, iteration } = this.#state();
    if (rate) return rate.variable.read();
    return (this.#schedule as LearningRateSchedule).call(ops.cast(iteration.variable.read(), 'float32'));
  }

  /** Variables, or names, whose weights do not decay; before the first update. */
  excludeFromWeightDecay({ variables = [], names = [] }: Partial<Exempt>): void {
    this.#exempt = { variables, names };
  }

  /** The loss whose gradients `apply` takes: scaled where `lossScaleFactor` is given. */
  scaleLoss(loss: Output): Output {
    const { lossScaleFactor } = this.#settings;
    return lossScaleFactor === null ? loss : ops.mul(loss, lossScaleFactor);
  }

  /**
   * Inside a function: makes every run of it update the variables towards a smaller loss.
   *
   * @param loss a scalar; of other shapes the sum
   */
  minimize(loss: Output, variables: readonly Variable[]): void {
    this.apply(sparseGradients(this.scaleLoss(loss), variables), variables);
  }

  /**
   * Inside a function: updates variables by gradients, one each. Variables with a null gradient stay as they are. Rows
   * that come twice in `IndexedSlices` add up, but their squares, sizes and norms are those of each, as in Keras 3 on
   * TensorFlow: docs/decisions/0004-rows-that-come-twice.md.
   *
   * @throws ERR_GRADIENT where all gradients are null
   */
  apply(given: readonly SparseGradient[], variables: readonly Variable[]): void {
    const [first] = variables;
    if (!first) return;
    this.build(first.program, variables);
    this.#checkKnown(variables);
    const pairs = variables.flatMap((variable, i) => {
      const gradient = given[i];
      return gradient ? [{ variable, gradient: mapValues(gradient, (values) => this.#settled(values, variable)) }] : [];
    });
    if (pairs.length === 0) {
      throw new TensorFlowError(
        'ERR_GRADIENT',
        `Optimizer '${this.name}': the loss depends on none of the variables ${variables.map((v) => `'${v.name}'`).join(', ')}; compute it from them.`,
      );
    }
    nameScope(this.name, () => this.#applyAll(pairs));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), name: this.name };
  }

  #applyAll(pairs: readonly Pair[]): void {
    const { useEma, gradientAccumulationSteps: steps } = this.#settings;
    const { iteration, variables, slots } = this.#state();
    const now = iteration.variable.read();
    const updates = steps ? ops.floorDiv(now, ops.cast(steps, now.dtype)) : now;
    if (steps)
      accumulate({ pairs, steps, slots, now, changed: this.#changed(pairs) }, (means) => this.#update(means, updates));
    else this.#update(pairs, now);
    if (useEma) updateAverages(variables, slots, updates, this.#settings);
    iteration.variable.assignAdd(ops.onesLike(now));
  }

  /** What an update changes. */
  #changed(pairs: readonly Pair[]): Variable[] {
    const { slots, extras } = this.#state();
    const specs = this.slotGroups().flat();
    const own = pairs.flatMap(({ variable }) => [
      variable,
      ...specs.filter((spec) => hasSlot(spec, variable)).map(({ key }) => slots.of(variable, key)),
    ]);
    return [...own, ...extras.map(({ variable }) => variable)];
  }

  /** Slots of every optimizer, then its own. */
  #allGroups(): readonly (readonly SlotSpec[])[] {
    const { useEma, gradientAccumulationSteps } = this.#settings;
    return [
      ...(useEma ? [[AVERAGE]] : []),
      ...(gradientAccumulationSteps ? [[GRADIENT_SUM]] : []),
      ...this.slotGroups(),
    ];
  }

  #update(pairs: readonly Pair[], iteration: Output): void {
    const { slots } = this.#state();
    const learningRate = this.currentLearningRate();
    const clipped = clipGradients(pairs, this.#settings);
    this.#decay(clipped, learningRate);
    const updates = new Map<DType, Update>();
    for (const { variable, gradient } of clipped) {
      const { dtype } = variable;
      let update = updates.get(dtype);
      if (!update) {
        const step = { dtype, learningRate: ops.cast(learningRate, dtype), iteration: ops.cast(iteration, dtype) };
        update = this.updates(step);
        updates.set(dtype, update);
      }
      const target = targetOf(variable, gradient, slots);
      nameScope(variable.name, () => update(target));
    }
  }

  #decay(pairs: readonly Pair[], learningRate: Output): void {
    for (const { variable } of pairs) {
      const decay = this.weightDecayOf(variable);
      if (decay === null || isExempt(variable, this.#exempt)) continue;
      const rate = ops.mul(learningRate, decay);
      ops.resourceApplyGradientDescent(variable, ops.cast(rate, variable.dtype), variable.read());
    }
  }

  /** In the variable's dtype, not scaled any more. */
  #settled(gradient: Output, { dtype }: Variable): Output {
    const { lossScaleFactor } = this.#settings;
    const cast = ops.cast(gradient, dtype);
    return lossScaleFactor === null ? cast : ops.div(cast, lossScaleFactor);
  }

  #checkKnown(variables: readonly Variable[]): void {
    const known = this.#state().variables;
    const unknown = variables.find((variable) => !known.includes(variable));
    if (!unknown) return;
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `Optimizer '${this.name}' was built without '${unknown.name}'; build it with all variables, or make a new one.`,
    );
  }

  #state(): Built {
    if (this.#built) return this.#built;
    throw new TensorFlowError(
      'ERR_NOT_BUILT',
      `Optimizer '${this.name}' has no variables yet; call build(program, variables) or minimize first.`,
    );
  }
}

/** What is left of an optimizer that was replaced. */
interface Left extends Pick<Built, 'program' | 'variables'> {
  readonly kept: KeptValues;
}

/** All variables, in the order they were made in. */
function madeBy({ iteration, rate, slots, extras }: Built): Variable[] {
  const named = [iteration, ...(rate ? [rate] : [])].map(({ variable }) => variable);
  return [...named, ...slots.all, ...extras.map(({ variable }) => variable)];
}

/** Variables, and patterns of names, whose weights do not decay. */
interface Exempt {
  readonly variables: readonly Variable[];
  readonly names: readonly string[];
}

function isExempt(variable: Variable, { variables, names }: Exempt): boolean {
  return variables.includes(variable) || names.some((pattern) => new RegExp(pattern).test(variable.name));
}

interface Built {
  readonly program: Program;
  readonly variables: readonly Variable[];
  readonly iteration: NamedVariable;
  readonly rate: NamedVariable | null;
  readonly slots: Slots;
  readonly extras: readonly NamedVariable[];
}
