import type { Output } from '../../core/output.js';
import { type Activation, getActivation, type NamedActivation } from '../../nn/activations.js';
import * as ops from '../../ops/index.js';
import { GatedCell, type GatedCellOptions, gatedCellOptionNames, multiply, type Pass } from './gated-cell.js';
import type { Recurrence } from './recurrent-cell.js';

export interface GRUCellOptions extends GatedCellOptions {
  /** Of the gates. Default `sigmoid`. */
  recurrentActivation?: string | Activation | null;
  /** Whether the reset gate comes after the product with the state, which then has a bias of its own. Default true. */
  resetAfter?: boolean;
}

/**
 * One step of a gated recurrent unit (Keras `GRUCell`; Cho et al. 2014). The columns of its weights are those of update
 * gate, reset gate and new value.
 *
 * Input: `[x, h]`, `[batch, features]` and `[batch, units]`. Output: `[h, h]`.
 *
 * @example
 * rnn({ cell: gruCell({ units: 16, resetAfter: false }) });
 */
export class GRUCell extends GatedCell {
  static override readonly className = 'GRUCell';
  static override readonly optionNames = [...gatedCellOptionNames, 'recurrentActivation', 'resetAfter'];
  protected static override readonly gates = 3;

  readonly recurrentActivation: NamedActivation;
  readonly resetAfter: boolean;

  constructor(options: GRUCellOptions) {
    super(options, ['units', options.units]);
    const { recurrentActivation = 'sigmoid' } = options;
    this.recurrentActivation = getActivation(recurrentActivation ?? 'linear');
    this.resetAfter = options.resetAfter ?? true;
  }

  protected override get biasShape(): number[] {
    const columns = 3 * this.units;
    return this.resetAfter ? [2, columns] : [columns];
  }

  protected override recurrence(pass: Pass): Recurrence {
    const biases = pass.bias && this.resetAfter ? ops.unstack(pass.bias) : [pass.bias];
    const [inputBias, stateBias] = biases as [Output?, Output?];
    const candidate = this.resetAfter ? this.#resetAfter(pass, stateBias) : this.#resetBefore(pass);
    return {
      project: (x) => {
        const y = multiply(x, pass.kernel, pass.dropInput);
        return inputBias ? ops.add(y, inputBias) : y;
      },
      step: (x, states) => {
        const [h] = states as [Output];
        const { update, value } = candidate(ops.split(x, 3, -1) as [Output, Output, Output], h);
        const next = ops.add(ops.mul(update, h), ops.mul(ops.sub(1, update), this.activation.apply(value)));
        return [next, next];
      },
    };
  }

  #resetAfter({ recurrent, dropState }: Pass, bias: Output | undefined): Candidate {
    return ([xUpdate, xReset, xValue], h) => {
      const inner = multiply(h, recurrent, dropState);
      const parts = ops.split(bias ? ops.add(inner, bias) : inner, 3, -1);
      const [hUpdate, hReset, hValue] = parts as [Output, Output, Output];
      const reset = this.recurrentActivation.apply(ops.add(xReset, hReset));
      return {
        update: this.recurrentActivation.apply(ops.add(xUpdate, hUpdate)),
        value: ops.add(xValue, ops.mul(reset, hValue)),
      };
    };
  }

  #resetBefore({ recurrent, dropState }: Pass): Candidate {
    const [gates, forValue] = ops.split(recurrent, [2 * this.units, this.units], 1) as [Output, Output];
    const [, , dropValue] = dropState;
    return ([xUpdate, xReset, xValue], h) => {
      const parts = ops.split(multiply(h, gates, dropState.slice(0, 2)), 2, -1);
      const [hUpdate, hReset] = parts as [Output, Output];
      const reset = this.recurrentActivation.apply(ops.add(xReset, hReset));
      return {
        update: this.recurrentActivation.apply(ops.add(xUpdate, hUpdate)),
        value: ops.add(xValue, multiply(ops.mul(reset, h), forValue, dropValue ? [dropValue] : [])),
      };
    };
  }

  override cellConfig(): Record<string, unknown> {
    return {
      ...super.cellConfig(),
      recurrent_activation: this.recurrentActivation.name,
      reset_after: this.resetAfter,
    };
  }
}

/** From what the gates get of the input, and the state: how much of the state stays, and the new value. */
type Candidate = (x: readonly [Output, Output, Output], h: Output) => { update: Output; value: Output };
