import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { GatedCell, type GatedCellOptions, gatedCellOptionNames, multiply, type Pass } from './gated-cell.js';
import type { Recurrence } from './recurrent-cell.js';

/**
 * One step of a fully connected recurrence: `h = activation(x · kernel + h · recurrentKernel + bias)` (Keras
 * `SimpleRNNCell`).
 *
 * Input: `[x, h]`, `[batch, features]` and `[batch, units]`. Output: `[h, h]`.
 *
 * @example
 * rnn({ cell: simpleRNNCell({ units: 16 }) });
 */
export class SimpleRNNCell extends GatedCell {
  static override readonly className = 'SimpleRNNCell';
  static override readonly optionNames = gatedCellOptionNames;

  constructor(options: GatedCellOptions) {
    super(options, ['units', options.units]);
  }

  protected override recurrence({ kernel, recurrent, bias, dropInput, dropState }: Pass): Recurrence {
    return {
      project: (x) => {
        const y = multiply(x, kernel, dropInput);
        return bias ? ops.add(y, bias) : y;
      },
      step: (x, states) => {
        const [h] = states as [Output];
        const next = this.activation.apply(ops.add(x, multiply(h, recurrent, dropState)));
        return [next, next];
      },
    };
  }
}
