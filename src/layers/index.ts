import { LeakyReLU } from './activation/leaky-relu.js';
import { Activation, type ActivationOptions } from './core/activation.js';
import { Dense, type DenseOptions } from './core/dense.js';
import { InputLayer, type InputLayerOptions } from './core/input-layer.js';
import { factory } from './factory.js';
import { BatchNormalization, type BatchNormalizationOptions } from './normalization/batch-normalization.js';
import { registerLayer } from './registry.js';
import { Dropout, type DropoutOptions } from './regularization/dropout.js';
import { Flatten, type FlattenOptions } from './reshaping/flatten.js';
import { Reshape } from './reshaping/reshape.js';

registerLayer(InputLayer, Dense, Activation, BatchNormalization, Dropout, Flatten, Reshape, LeakyReLU);

export * from './convolution/index.js';
export { type CallOptions, Layer, type LayerInput, type LayerOptions } from './layer.js';
export * from './pooling/index.js';
export { deserialize, layerNames, registerLayer, serialize } from './registry.js';
export { Activation, BatchNormalization, Dense, Dropout, Flatten, InputLayer, LeakyReLU, type Reshape };

/** {@inheritDoc InputLayer} */
export const inputLayer = (options: InputLayerOptions): InputLayer => new InputLayer(options);
/** {@inheritDoc Dense} */
export const dense = (options: DenseOptions): Dense => new Dense(options);
/** {@inheritDoc Activation} */
export const activation = (options: ActivationOptions): Activation => new Activation(options);
/** {@inheritDoc BatchNormalization} */
export const batchNormalization = (options: BatchNormalizationOptions = {}): BatchNormalization =>
  new BatchNormalization(options);
/** {@inheritDoc Dropout} */
export const dropout = (options: DropoutOptions): Dropout => new Dropout(options);
/** {@inheritDoc Flatten} */
export const flatten = (options: FlattenOptions = {}): Flatten => new Flatten(options);
/** {@inheritDoc Reshape} */
export const reshape = factory(Reshape);
/** {@inheritDoc LeakyReLU} */
export const leakyReLU = factory(LeakyReLU);
