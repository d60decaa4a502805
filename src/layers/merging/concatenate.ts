import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { checkKinds } from '../check-options.js';
import type { LayerInput, LayerMask, LayerOptions } from '../layer.js';
import { Merge } from './merge.js';

export interface ConcatenateOptions extends LayerOptions {
  /** Along which the inputs follow each other. Default -1. */
  axis?: number;
}

/**
 * Inputs one after the other along an axis (Keras `Concatenate`).
 *
 * Input: a list of the same shapes but for the axis. Output shape: theirs, with the sum along the axis.
 *
 * @example
 * concatenate({ axis: 1 }).apply([a, b]);
 */
export class Concatenate extends Merge {
  static override readonly className = 'Concatenate';
  static override readonly optionNames = ['axis'];

  readonly axis: number;

  constructor(options: ConcatenateOptions = {}) {
    super(options);
    checkKinds(this.where, options, { axis: 'whole' });
    this.axis = options.axis ?? -1;
  }

  protected override merge(inputs: readonly Output[]): Output {
    if (!this.#fits(inputs)) {
      throw this.shapesError(`inputs of the same shapes but for axis ${this.axis}`, inputs, 'Reshape them before.');
    }
    return ops.concat(inputs, this.axis);
  }

  /** The masks, joined as the inputs are; an input without one counts whole. */
  override computeMask(input: LayerInput, mask: LayerMask): LayerMask {
    const masks = [mask].flat();
    if (masks.every((one) => one === null)) return null;
    const wide = ([input].flat() as Output[]).map((x, i) => {
      const one = masks[i];
      return one ? ops.broadcastTo(ops.expandDims(one, -1), ops.shape(x)) : ops.cast(ops.onesLike(x), 'bool');
    });
    return ops.any(ops.concat(wide, this.axis), -1);
  }

  #fits(inputs: readonly Output[]): boolean {
    const shapes = inputs.map(({ shape }) => shape).filter((shape) => shape !== null);
    const rank = shapes[0]?.length ?? 0;
    const joined = this.axis < 0 ? this.axis + rank : this.axis;
    const others = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== joined);
    return (
      joined >= 0 &&
      (joined < rank || shapes.length === 0) &&
      shapes.every((shape) => shape.length === rank) &&
      others.every((axis) => new Set(shapes.map((shape) => shape[axis]).filter((d) => d !== null)).size <= 1)
    );
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), axis: this.axis };
  }
}
