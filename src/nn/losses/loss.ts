import { type DType, parseDType } from '../../core/dtype.js';
import { maskOf } from '../../core/mask.js';
import type { Output } from '../../core/output.js';
import { nameScope } from '../../core/scope.js';
import type { Shape } from '../../core/shape.js';
import type { TensorSpec } from '../../core/spec.js';
import * as ops from '../../ops/index.js';
import { Configurable, oneOf } from '../serialization.js';
import { REDUCTIONS, type Reduction, reduceWeighted, toSameRank } from './weighting.js';

/** Options every loss has. */
export interface LossOptions {
  /** `sumOverBatchSize` (default), `mean` (the same), `sum`, `meanWithSampleWeight` or `none`, in either spelling. */
  reduction?: string | null;
  /** Default: the class name in snake_case. */
  name?: string;
  /** Of the computation. Default `float32`. */
  dtype?: string;
}

/** Losses of which only some count. */
export interface MaskedValues {
  values: Output;
  /** True where a value counts. */
  mask: Output;
}

/**
 * What training makes small. A loss of your own says in `perSample` what each sample costs.
 *
 * @example
 * class Distance extends Loss {
 *   static override readonly className = 'Distance';
 *   static override readonly defaults = lossDefaults('distance');
 *   override perSample(yTrue: Output, yPred: Output) { return ops.mean(ops.abs(ops.sub(yTrue, yPred)), -1); }
 * }
 */
export abstract class Loss<O extends LossOptions = LossOptions> extends Configurable<O> {
  static override readonly module: string = 'keras.losses';

  readonly reduction: Reduction;
  readonly dtype: DType;

  constructor(options: O = {} as O) {
    super(options);
    const { reduction = null, dtype } = this.options as LossOptions;
    this.reduction = reductionOf(this.className, reduction);
    this.dtype = parseDType(dtype ?? 'float32');
  }

  get name(): string {
    return (this.options as { name: string }).name;
  }

  /** Losses of the samples, before weights and reduction; labels are of any dtype. */
  abstract perSample(yTrue: Output, yPred: Output): Output | MaskedValues;

  /** Of labels for these predictions; a saved training step takes them so. Default: as the predictions. */
  labelSpec(prediction: TensorSpec<Shape>): TensorSpec<Shape> {
    return prediction;
  }

  /**
   * The loss of a batch, weighted and reduced.
   *
   * @param yTrue labels, [batch, ...]
   * @param yPred predictions, [batch, ...]
   * @param sampleWeight factor of each sample, [batch] or broadcastable; default 1
   * @param mask true where a prediction counts; default: the mask beside the predictions
   * @returns a scalar, or one value per sample where the reduction is `none`
   */
  call(yTrue: Output, yPred: Output, sampleWeight?: Output, mask = maskOf(yPred)): Output {
    return nameScope(this.name, () => {
      const prediction = ops.cast(yPred, this.dtype);
      const result = this.perSample(...toSameRank(yTrue, prediction));
      const { values, mask: own } = 'values' in result ? result : { values: result, mask: undefined };
      const both = own && mask ? ops.logicalAnd(own, mask) : (own ?? mask);
      return reduceWeighted(values, this.reduction, sampleWeight, both);
    });
  }

  override getConfig(): Record<string, unknown> {
    const { dtype: _, ...config } = super.getConfig();
    return { ...config, reduction: config.reduction === null ? null : this.reduction };
  }
}

/** The defaults of a loss without options of its own. */
export function lossDefaults(name: string): Required<LossOptions> {
  return { name, reduction: 'sum_over_batch_size', dtype: 'float32' };
}

function reductionOf(where: string, reduction: string | null): Reduction {
  // Why: Keras 2 files say `auto`, which in training was this.
  if (reduction === 'auto') return 'sum_over_batch_size';
  return oneOf(`${where}.reduction`, reduction ?? 'none', REDUCTIONS);
}
