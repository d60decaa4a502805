import type { KerasDTypePolicy } from '../core/dtype-policy.js';
import type { PartialShape } from '../core/shape.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import { constraints, getActivation, initializers, type RegularizerIdentifier, regularizers } from '../nn/index.js';
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
 * Refuses options that neither every layer has nor this one, common ones of a wrong kind, and functions nobody knows.
 *
 * @param where class and name of the layer
 * @param own names of the options that its class reads
 */
export function checkLayerOptions(where: string, options: LayerOptions, own: readonly string[]): void {
  checkOptions(where, options, [...NAMES, ...own]);
  checkKinds(where, options, KINDS);
  for (const [option, value] of Object.entries(options)) checkFunction(where, option, value);
}

/** Functions that many layers take by name, by the end of the option. */
const FUNCTIONS: readonly (readonly [RegExp, (identifier: never) => unknown])[] = [
  [/^(recurrentA|a)ctivation$/, getActivation],
  [/Initializer$/, initializers.get],
  [/Regularizer$/, regularizers.get],
  [/Constraint$/, constraints.get],
];

/** Says of which layer and option a function is that nobody knows. */
function checkFunction(where: string, option: string, value: unknown): void {
  const get = FUNCTIONS.find(([end]) => end.test(option))?.[1];
  if (!get || value === undefined || value === null) return;
  try {
    get(value as never);
  } catch (cause) {
    if (!(cause instanceof TensorFlowError)) throw cause;
    throw new TensorFlowError(cause.code, `${where}: ${option}: ${cause.message}`, { cause });
  }
}
