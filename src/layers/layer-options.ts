import type { KerasDTypePolicy } from '../core/dtype-policy.js';
import type { PartialShape } from '../core/shape.js';
import { checkOptions } from '../errors/suggest.js';
import type { RegularizerIdentifier } from '../nn/index.js';
import { checkKinds } from './check-options.js';

/** Options every layer has. */
export interface LayerOptions {
  /** Default: the class name with a number. Weights and files go by it. */
  name?: string;
  /** Whether its weights are updated in training. Default true. */
  trainable?: boolean;
  /**
   * Of computation and weights, or a policy: `mixed_bfloat16` and `mixed_float16` compute in 16 bits and keep weights in
   * float32. Default: that of `tf.config({ dtypePolicy })`, else `float32`.
   */
  dtype?: string | KerasDTypePolicy;
  /** Shape of one input sample, without the batch; for the first layer of a model. */
  inputShape?: PartialShape;
  /** As `inputShape`, with the batch. */
  batchInputShape?: PartialShape;
  /** Its value of the output, over the batch size, adds to the loss. */
  activityRegularizer?: RegularizerIdentifier | null;
}

const NAMES = ['name', 'trainable', 'dtype', 'inputShape', 'batchInputShape', 'activityRegularizer'];
const KINDS = { name: 'text', trainable: 'flag', inputShape: 'shape', batchInputShape: 'shape' } as const;

/**
 * Refuses options that neither every layer has nor this one, and common ones of a wrong kind.
 *
 * @param where class and name of the layer
 * @param own names of the options that its class reads
 */
export function checkLayerOptions(where: string, options: LayerOptions, own: readonly string[]): void {
  checkOptions(where, options, [...NAMES, ...own]);
  checkKinds(where, options, KINDS);
}
