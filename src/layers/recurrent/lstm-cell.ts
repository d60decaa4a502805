import type { Output } from '../../core/output.js';
import { type Activation, getActivation, type NamedActivation } from '../../nn/activations.js';
import * as ops from '../../ops/index.js';
import type { WeightOptions } from '../layer.js';
import {
  GatedCell,
  type GatedCellOptions,
  gatedCellOptionNames,
  multiply,
  openForgetGate,
  type Pass,
} from './gated-cell.js';
import type { Recurrence } from './recurrent-cell.js';

export interface LSTMCellOptions extends GatedCellOptions {
  /** Of the gates. Default `sigmoid`. */
  recurrentActivation?: string | Activation | null;
  /** Whether the bias of the forget gate starts at 1. Default true. */
  unitForgetBias?: boolean;
}

/**
 * One step of a long short-term memory (Keras `LSTMCell`; Hochreiter and Schmidhuber 1997). The columns of its weights
 * are those of input gate, forget gate, new value and output gate.
 *
 * Input: `[x, h, c]`, `[batch, features]` and twice `[batch, units]`. Output: `[h, h, c]`.
 *
 * @example
 * rnn({ cell: [lstmCell({ units: 32 }), lstmCell({ units: 16 })] });
 */
export class LSTMCell extends GatedCell {
  static override readonly className = 'LSTMCell';
  static override readonly optionNames = [...gatedCellOptionNames, 'recurrentActivation', 'unitForgetBias'];
  protected static override readonly gates = 4;

  readonly recurrentActivation: NamedActivation;
  readonly unitForgetBias: boolean;

  constructor(options: LSTMCellOptions) {
    super(options, ['units', options.units]);
    const { recurrentActivation = 'sigmoid' } = options;
    this.recurrentActivation = getActivation(recurrentActivation ?? 'linear');
    this.unitForgetBias = options.unitForgetBias ?? true;
  }

  override get stateSize(): readonly number[] {
    return [this.units, this.units];
  }

  protected override biasOptions(options: WeightOptions): WeightOptions {
    return this.unitForgetBias ? { ...options, initializer: openForgetGate(options.initializer) } : options;
  }

  protected override recurrence({ kernel, recurrent, bias, dropInput, dropState }: Pass): Recurrence {
    return {
      project: (x) => {
        const y = multiply(x, kernel, dropInput);
        return bias ? ops.add(y, bias) : y;
      },
      step: (x, states) => {
        const [h, c] = states as [Output, Output];
        const parts = ops.split(ops.add(x, multiply(h, recurrent, dropState)), 4, -1);
        const [i, f, value, o] = parts as [Output, Output, Output, Output];
        const gate = this.recurrentActivation.apply;
        const next = ops.add(ops.mul(gate(f), c), ops.mul(gate(i), this.activation.apply(value)));
        const output = ops.mul(gate(o), this.activation.apply(next));
        return [output, output, next];
      },
    };
  }

  override cellConfig(): Record<string, unknown> {
    return {
      ...super.cellConfig(),
      recurrent_activation: this.recurrentActivation.name,
      unit_forget_bias: this.unitForgetBias,
    };
  }
}
