import type { Constraint, Initializer, Penalty } from '../core/variable.js';
import {
  type ConstraintIdentifier,
  constraints,
  type InitializerIdentifier,
  initializers,
  type RegularizerIdentifier,
  regularizers,
} from '../nn/index.js';
import type { WeightOptions } from './layer.js';

/** How one kind of weight starts, is penalised and is bounded. */
export class WeightRecipe {
  readonly #initializer: Initializer;
  readonly #regularizer: Penalty | null;
  readonly #constraint: Constraint | null;

  constructor(
    initializer: InitializerIdentifier,
    regularizer: RegularizerIdentifier | null = null,
    constraint: ConstraintIdentifier | null = null,
  ) {
    this.#initializer = initializers.get(initializer);
    this.#regularizer = regularizers.get(regularizer);
    this.#constraint = constraints.get(constraint);
  }

  /** Options of `addWeight`. */
  of(shape: readonly number[], trainable = true): WeightOptions {
    return {
      shape,
      trainable,
      initializer: this.#initializer,
      regularizer: this.#regularizer,
      constraint: this.#constraint,
    };
  }

  /** Keras' config keys, each starting with `prefix`: `kernel_initializer` … */
  config(
    prefix: string,
    keys: readonly ('initializer' | 'regularizer' | 'constraint')[] = ALL,
  ): Record<string, unknown> {
    const own = {
      initializer: initializers.serialize(this.#initializer),
      regularizer: regularizers.serialize(this.#regularizer),
      constraint: constraints.serialize(this.#constraint),
    };
    return Object.fromEntries(keys.map((key) => [`${prefix}_${key}`, own[key]]));
  }
}

const ALL = ['initializer', 'regularizer', 'constraint'] as const;
