import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { ConstraintIdentifier, InitializerIdentifier, RegularizerIdentifier } from '../../nn/index.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';
import { WeightRecipe } from '../weight-recipe.js';

export interface PReLUOptions extends LayerOptions {
  /** Default `zeros`. */
  alphaInitializer?: InitializerIdentifier;
  alphaRegularizer?: RegularizerIdentifier | null;
  alphaConstraint?: ConstraintIdentifier | null;
  /** Axes, counted from 1, along which all elements have one slope; `[1, 2]` for pictures. Default: none. */
  sharedAxes?: number | readonly number[] | null;
}

/**
 * `x` where it is positive, else `alpha · x`, with slopes that are learned (Keras `PReLU`; He et al. 2015).
 *
 * Output shape: as the input's.
 *
 * @example
 * prelu({ sharedAxes: [1, 2] });
 */
export class PReLU extends Layer {
  static override readonly className = 'PReLU';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['alphaInitializer', 'alphaRegularizer', 'alphaConstraint', 'sharedAxes'];

  readonly sharedAxes: readonly number[] | null;
  readonly #recipe: WeightRecipe;
  #alpha!: Variable;

  constructor(options: PReLUOptions = {}) {
    super(options);
    const { alphaInitializer = 'zeros', alphaRegularizer, alphaConstraint, sharedAxes = null } = options;
    this.#recipe = new WeightRecipe(alphaInitializer, alphaRegularizer, alphaConstraint);
    this.sharedAxes = sharedAxes === null ? null : [sharedAxes].flat();
    if (this.sharedAxes?.every((axis) => Number.isInteger(axis) && axis > 0) === false) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `PReLU '${this.name}': sharedAxes must be axes counted from 1, got ${JSON.stringify(sharedAxes)}.`,
      );
    }
  }

  override build(inputShape: Shape): void {
    const rank = inputShape?.length ?? 0;
    if (this.sharedAxes?.some((axis) => axis >= rank)) {
      throw this.shapeError(
        `axes ${this.sharedAxes.join(', ')} after the batch`,
        formatKerasShape(inputShape),
        'Change sharedAxes.',
      );
    }
    const shape = inputShape?.map((length, axis) => (this.sharedAxes?.includes(axis) ? 1 : length)).slice(1);
    if (!shape?.every((length): length is number => length !== null)) {
      const wayOut = 'Give the model an input shape, or share the other axes.';
      throw this.shapeError('known lengths of the axes that are not shared', formatKerasShape(inputShape), wayOut);
    }
    this.#alpha = this.addWeight('alpha', this.#recipe.of(shape));
  }

  override call(x: Output): Output {
    return ops.sub(ops.relu(x), ops.mul(this.#alpha, ops.relu(ops.neg(x))));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), ...this.#recipe.config('alpha'), shared_axes: this.sharedAxes };
  }
}
