import type { DType } from '../core/dtype.js';
import type { Output } from '../core/output.js';
import type { Constraint, Initializer, Penalty, Variable } from '../core/variable.js';

/** A weight to be made by `addWeight`. */
export interface WeightOptions {
  shape: readonly number[];
  initializer: Initializer;
  trainable?: boolean;
  /** Default: the layer's. */
  dtype?: DType;
  regularizer?: Penalty | null;
  constraint?: Constraint | null;
}

/** A weight and what files call it. */
export interface NamedWeight {
  variable: Variable;
  layer: string;
  name: string;
}

/** The weights that a layer made itself, and what it wants of each. */
export class OwnWeights {
  readonly #names = new Map<Variable, string>();
  readonly #penalties: { weight: Variable; penalty: Penalty }[] = [];
  readonly #constraints = new Map<Variable, Constraint>();

  add(weight: Variable, name: string, { regularizer, constraint }: WeightOptions): void {
    this.#names.set(weight, name);
    if (regularizer) this.#penalties.push({ weight, penalty: regularizer });
    if (constraint) this.#constraints.set(weight, constraint);
  }

  clear(): void {
    this.#names.clear();
    this.#penalties.length = 0;
    this.#constraints.clear();
  }

  /** With their names, as those of a layer of this path: those that can be trained, then the others. */
  named(layer: string): NamedWeight[] {
    const all = [...this.#names].map(([variable, name]) => ({ variable, layer, name }));
    return [...all.filter(({ variable }) => variable.trainable), ...all.filter(({ variable }) => !variable.trainable)];
  }

  get trainable(): Variable[] {
    return [...this.#names.keys()].filter((weight) => weight.trainable);
  }

  /** What their regularizers add to the loss, in the graph that is being built. */
  penalties(): Output[] {
    return this.#penalties.map(({ weight, penalty }) => penalty(weight.read()));
  }

  get constraints(): ReadonlyMap<Variable, Constraint> {
    return this.#constraints;
  }
}
