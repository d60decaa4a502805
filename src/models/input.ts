import type { PartialShape } from '../core/shape.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import { InputLayer } from '../layers/core/input-layer.js';
import type { SymbolicTensor } from '../layers/symbolic.js';

export interface InputOptions {
  /** Shape of one sample, without the batch. */
  shape?: PartialShape;
  /** As `shape`, with the batch. */
  batchShape?: PartialShape;
  /** Default `float32`. */
  dtype?: string;
  /** What data given by name goes by. Default: `input_layer` with a number. */
  name?: string;
}

/**
 * Where data enters a functional model (Keras `Input`).
 *
 * @returns a symbolic tensor of shape `[null, ...shape]`
 * @throws ERR_ARGUMENT without a shape
 * @example
 * const x = input({ shape: [4], name: 'features' });
 * const y = layers.dense({ units: 3 }).apply(x);
 * const net = model({ inputs: x, outputs: y });
 */
export function input(options: InputOptions): SymbolicTensor {
  checkOptions('input', options, ['shape', 'batchShape', 'dtype', 'name']);
  return enter(new InputLayer(options));
}

/** The symbolic tensor of an input layer; one for each layer. */
export function enter(layer: InputLayer): SymbolicTensor {
  const { batchInputShape: shape, dtype } = layer;
  if (!shape) {
    throw new TensorFlowError('ERR_ARGUMENT', `Input '${layer.name}' has no shape; give shape: […] of one sample.`);
  }
  layer.inputShape = shape;
  layer.outputShape = shape;
  const [known] = layer.nodes;
  return (known ?? layer.addNode(undefined, {}, { dtype, shape })).outputs as SymbolicTensor;
}
