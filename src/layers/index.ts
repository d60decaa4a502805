import { Activation, type ActivationOptions } from './core/activation.js';
import { Dense, type DenseOptions } from './core/dense.js';
import { InputLayer, type InputLayerOptions } from './core/input-layer.js';
import { BatchNormalization, type BatchNormalizationOptions } from './normalization/batch-normalization.js';
import { AveragePooling2D } from './pooling/average-pooling-2d.js';
import { MaxPooling2D } from './pooling/max-pooling-2d.js';
import type { Pooling2DOptions } from './pooling/pooling-2d.js';
import { registerLayer } from './registry.js';
import { Dropout, type DropoutOptions } from './regularization/dropout.js';
import { Flatten, type FlattenOptions } from './reshaping/flatten.js';

registerLayer(InputLayer, Dense, Activation, MaxPooling2D, AveragePooling2D, BatchNormalization, Dropout, Flatten);

export * from './convolution/index.js';
export { type CallOptions, Layer, type LayerInput, type LayerOptions } from './layer.js';
export { deserialize, layerNames, registerLayer, serialize } from './registry.js';
export { Activation, AveragePooling2D, BatchNormalization, Dense, Dropout, Flatten, InputLayer, MaxPooling2D };

/** {@inheritDoc InputLayer} */
export const inputLayer = (options: InputLayerOptions): InputLayer => new InputLayer(options);
/** {@inheritDoc Dense} */
export const dense = (options: DenseOptions): Dense => new Dense(options);
/** {@inheritDoc Activation} */
export const activation = (options: ActivationOptions): Activation => new Activation(options);
/** {@inheritDoc MaxPooling2D} */
export const maxPooling2d = (options: Pooling2DOptions = {}): MaxPooling2D => new MaxPooling2D(options);
/** {@inheritDoc AveragePooling2D} */
export const averagePooling2d = (options: Pooling2DOptions = {}): AveragePooling2D => new AveragePooling2D(options);
/** {@inheritDoc BatchNormalization} */
export const batchNormalization = (options: BatchNormalizationOptions = {}): BatchNormalization =>
  new BatchNormalization(options);
/** {@inheritDoc Dropout} */
export const dropout = (options: DropoutOptions): Dropout => new Dropout(options);
/** {@inheritDoc Flatten} */
export const flatten = (options: FlattenOptions = {}): Flatten => new Flatten(options);
