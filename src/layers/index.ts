import { Activation, type ActivationOptions } from './core/activation.js';
import { Dense, type DenseOptions } from './core/dense.js';
import { InputLayer, type InputLayerOptions } from './core/input-layer.js';
import { registerLayer } from './registry.js';
import { Dropout, type DropoutOptions } from './regularization/dropout.js';

registerLayer(InputLayer, Dense, Activation, Dropout);

export * from './activation/index.js';
export * from './convolution/index.js';
export { type CallOptions, Layer, type LayerInput, type LayerOptions } from './layer.js';
export * from './merging/index.js';
export * from './normalization/index.js';
export * from './pooling/index.js';
export { deserialize, layerNames, registerLayer, serialize } from './registry.js';
export * from './reshaping/index.js';
export { Activation, Dense, Dropout, InputLayer };

/** {@inheritDoc InputLayer} */
export const inputLayer = (options: InputLayerOptions): InputLayer => new InputLayer(options);
/** {@inheritDoc Dense} */
export const dense = (options: DenseOptions): Dense => new Dense(options);
/** {@inheritDoc Activation} */
export const activation = (options: ActivationOptions): Activation => new Activation(options);
/** {@inheritDoc Dropout} */
export const dropout = (options: DropoutOptions): Dropout => new Dropout(options);
