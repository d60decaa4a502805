import * as layers from '../../../src/layers/index.js';

/** A layer as the conformance test takes it. */
export interface Kind {
  make: (options?: object) => layers.Layer;
  /** `[input, output]`; output shapes by hand. */
  shapes: [(number | null)[], (number | null)[]][];
  weights: Record<string, number[]>;
  /** Called on a list of so many inputs of that shape. */
  inputs?: number;
  /** Inputs are whole numbers below this. */
  below?: number;
  /** Inputs are strings. */
  text?: true;
  /** The output cannot be differentiated, and its dtype is its own. */
  discrete?: true;
  /** The library’s kernel, or the layer inside, does not know float64. */
  float32Only?: true;
  /** The library’s CPU kernel does not know float16. */
  noFloat16?: true;
  /** An option a hurried person types, and the one that is meant. */
  typo: [string, string];
  /** An input that does not fit, and what the error says was expected. */
  misfit?: [(number | null)[], RegExp];
}

export const KINDS: Record<string, Kind> = {
  Dense: {
    make: (o) => layers.dense({ units: 3, name: 'it', activation: 'relu', ...o }),
    shapes: [
      [[null, 4], [null, 3]], // biome-ignore format: pairs
      [[2, 5, 4], [2, 5, 3]], // biome-ignore format: pairs
      [[null, null, 4], [null, null, 3]], // biome-ignore format: pairs
    ],
    weights: { 'it/kernel': [4, 3], 'it/bias': [3] },
    typo: ['unit', 'units'],
    misfit: [[4], /at least a batch and a known last axis, got \(4,\)\. Add a batch axis/],
  },
  Conv2D: {
    make: (o) => layers.conv2d({ filters: 5, kernelSize: [3, 2], strides: 2, name: 'it', padding: 'same', ...o }),
    shapes: [
      [[null, 8, 7, 2], [null, 4, 4, 5]], // biome-ignore format: pairs
      [[null, null, null, 2], [null, null, null, 5]], // biome-ignore format: pairs
    ],
    weights: { 'it/kernel': [3, 2, 2, 5], 'it/bias': [5] },
    typo: ['filter', 'filters'],
    misfit: [[null, 8, 7], /\[batch, rows, columns, channels\].*got \(None, 8, 7\)/],
  },
  Conv2DTranspose: {
    make: (o) =>
      layers.conv2dTranspose({ filters: 5, kernelSize: [4, 3], strides: 2, name: 'it', padding: 'same', ...o }),
    shapes: [
      [[null, 4, 3, 2], [null, 8, 6, 5]], // biome-ignore format: pairs
      [[null, null, null, 2], [null, null, null, 5]], // biome-ignore format: pairs
    ],
    weights: { 'it/kernel': [4, 3, 5, 2], 'it/bias': [5] },
    typo: ['outputPad', 'outputPadding'],
    misfit: [[null, 8, 7], /\[batch, rows, columns, channels\].*got \(None, 8, 7\)/],
  },
  MaxPooling2D: {
    make: (o) => layers.maxPooling2d({ poolSize: [2, 3], name: 'it', ...o }),
    shapes: [[[null, 6, 7, 2], [null, 3, 2, 2]]], // biome-ignore format: pairs
    weights: {},
    typo: ['poolsize', 'poolSize'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\], got \(None, 8\)\. Put it after/],
  },
  AveragePooling2D: {
    make: (o) => layers.averagePooling2d({ poolSize: 2, strides: 1, padding: 'same', name: 'it', ...o }),
    shapes: [[[null, 6, 7, 2], [null, 6, 7, 2]]], // biome-ignore format: pairs
    weights: {},
    typo: ['stride', 'strides'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\], got \(None, 8\)\. Put it after/],
  },
  BatchNormalization: {
    make: (o) => layers.batchNormalization({ momentum: 0.9, name: 'it', ...o }),
    shapes: [
      [[null, 6, 7, 2], [null, 6, 7, 2]], // biome-ignore format: pairs
      [[null, 2], [null, 2]], // biome-ignore format: pairs
    ],
    weights: { 'it/gamma': [2], 'it/beta': [2], 'it/moving_mean': [2], 'it/moving_variance': [2] },
    typo: ['momentun', 'momentum'],
    misfit: [[null, null], /a known axis -1, got \(None, None\)/],
  },
  Activation: {
    make: (o) => layers.activation({ activation: 'softmax', name: 'it', ...o }),
    shapes: [[[null, 3], [null, 3]]], // biome-ignore format: pairs
    weights: {},
    typo: ['activaton', 'activation'],
  },
  Dropout: {
    make: (o) => layers.dropout({ rate: 0.5, name: 'it', ...o }),
    shapes: [[[null, 3, 4], [null, 3, 4]]], // biome-ignore format: pairs
    weights: {},
    typo: ['rates', 'rate'],
  },
  Flatten: {
    make: (o) => layers.flatten({ name: 'it', ...o }),
    shapes: [
      [[null, 3, 4, 2], [null, 24]], // biome-ignore format: pairs
      [[2, 3], [2, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['dataFormatt', 'dataFormat'],
  },
  Reshape: {
    make: (o) => layers.reshape({ targetShape: [-1, 4], name: 'it', ...o }),
    shapes: [
      [[null, 3, 8], [null, 6, 4]], // biome-ignore format: pairs
      [[2, 8], [2, 2, 4]], // biome-ignore format: pairs
      [[null, null, 6], [null, null, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['targetShap', 'targetShape'],
    misfit: [[null, 5, 3], /samples that fill \(-1, 4\), got \(None, 5, 3\)\. Set targetShape/],
  },
  LeakyReLU: {
    make: (o) => layers.leakyReLU({ negativeSlope: 0.2, name: 'it', ...o }),
    shapes: [[[null, 3, 4], [null, 3, 4]]], // biome-ignore format: pairs
    weights: {},
    typo: ['negativSlope', 'negativeSlope'],
  },
  InputLayer: {
    make: (o) => layers.inputLayer({ shape: [3], name: 'it', ...o }),
    shapes: [[[null, 3], [null, 3]]], // biome-ignore format: pairs
    weights: {},
    typo: ['shap', 'shape'],
  },
  Conv1D: {
    make: (o) => layers.conv1d({ filters: 4, kernelSize: 2, groups: 2, name: 'it', ...o }),
    shapes: [
      [[null, 7, 2], [null, 6, 4]], // biome-ignore format: pairs
    ],
    weights: { 'it/kernel': [2, 1, 4], 'it/bias': [4] },
    typo: ['filter', 'filters'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  Conv1DTranspose: {
    make: (o) => layers.conv1dTranspose({ filters: 3, kernelSize: 2, strides: 2, name: 'it', ...o }),
    shapes: [
      [[null, 7, 2], [null, 14, 3]], // biome-ignore format: pairs
    ],
    weights: { 'it/kernel': [2, 3, 2], 'it/bias': [3] },
    typo: ['filter', 'filters'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  DepthwiseConv1D: {
    make: (o) => layers.depthwiseConv1d({ kernelSize: 2, depthMultiplier: 3, name: 'it', ...o }),
    shapes: [
      [[null, 7, 2], [null, 6, 6]], // biome-ignore format: pairs
    ],
    weights: { 'it/kernel': [2, 2, 3], 'it/bias': [6] },
    typo: ['depthMultiplyer', 'depthMultiplier'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  SeparableConv1D: {
    make: (o) => layers.separableConv1d({ filters: 3, kernelSize: 2, name: 'it', ...o }),
    shapes: [
      [[null, 7, 2], [null, 6, 3]], // biome-ignore format: pairs
    ],
    weights: { 'it/depthwise_kernel': [2, 2, 1], 'it/pointwise_kernel': [1, 2, 3], 'it/bias': [3] },
    typo: ['filter', 'filters'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  MaxPooling1D: {
    make: (o) => layers.maxPooling1d({ name: 'it', ...o }),
    shapes: [
      [[null, 7, 2], [null, 3, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['poolsize', 'poolSize'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  GlobalMaxPooling1D: {
    make: (o) => layers.globalMaxPooling1d({ keepdims: true, name: 'it', ...o }),
    shapes: [
      [[null, 7, 2], [null, 1, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['keepDim', 'keepdims'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  AdaptiveMaxPooling1D: {
    make: (o) => layers.adaptiveMaxPooling1d({ outputSize: 3, name: 'it', ...o }),
    shapes: [
      [[null, 7, 2], [null, 3, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['outputsize', 'outputSize'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  AveragePooling1D: {
    make: (o) => layers.averagePooling1d({ name: 'it', ...o }),
    shapes: [
      [[null, 7, 2], [null, 3, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['poolsize', 'poolSize'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  GlobalAveragePooling1D: {
    make: (o) => layers.globalAveragePooling1d({ keepdims: true, name: 'it', ...o }),
    shapes: [
      [[null, 7, 2], [null, 1, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['keepDim', 'keepdims'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  AdaptiveAveragePooling1D: {
    make: (o) => layers.adaptiveAveragePooling1d({ outputSize: 3, name: 'it', ...o }),
    shapes: [
      [[null, 7, 2], [null, 3, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['outputsize', 'outputSize'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  ZeroPadding1D: {
    make: (o) => layers.zeroPadding1d({ padding: 2, name: 'it', ...o }),
    shapes: [
      [[null, 7, 2], [null, 11, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['paddin', 'padding'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  Cropping1D: {
    make: (o) => layers.cropping1d({ cropping: 1, name: 'it', ...o }),
    shapes: [
      [[null, 7, 2], [null, 5, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['croping', 'cropping'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  UpSampling1D: {
    make: (o) => layers.upSampling1d({ size: 2, name: 'it', ...o }),
    shapes: [
      [[null, 7, 2], [null, 14, 2]], // biome-ignore format: pairs
      [[null, null, 2], [null, null, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['sizes', 'size'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  SpatialDropout1D: {
    make: (o) => layers.spatialDropout1d({ rate: 0.5, name: 'it', ...o }),
    shapes: [
      [[null, 7, 2], [null, 7, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['rates', 'rate'],
    misfit: [[null, 8], /\[batch, steps, channels\].*got \(None, 8\)/],
  },
  DepthwiseConv2D: {
    make: (o) => layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 3, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 2], [null, 6, 5, 6]], // biome-ignore format: pairs
    ],
    weights: { 'it/kernel': [2, 2, 2, 3], 'it/bias': [6] },
    typo: ['depthMultiplyer', 'depthMultiplier'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  SeparableConv2D: {
    make: (o) => layers.separableConv2d({ filters: 3, kernelSize: 2, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 2], [null, 6, 5, 3]], // biome-ignore format: pairs
    ],
    weights: { 'it/depthwise_kernel': [2, 2, 2, 1], 'it/pointwise_kernel': [1, 1, 2, 3], 'it/bias': [3] },
    typo: ['filter', 'filters'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  GlobalMaxPooling2D: {
    make: (o) => layers.globalMaxPooling2d({ keepdims: true, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 2], [null, 1, 1, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['keepDim', 'keepdims'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  AdaptiveMaxPooling2D: {
    make: (o) => layers.adaptiveMaxPooling2d({ outputSize: 3, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 2], [null, 3, 3, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['outputsize', 'outputSize'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  GlobalAveragePooling2D: {
    make: (o) => layers.globalAveragePooling2d({ keepdims: true, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 2], [null, 1, 1, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['keepDim', 'keepdims'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  AdaptiveAveragePooling2D: {
    make: (o) => layers.adaptiveAveragePooling2d({ outputSize: 3, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 2], [null, 3, 3, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['outputsize', 'outputSize'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  ZeroPadding2D: {
    make: (o) => layers.zeroPadding2d({ padding: 2, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 2], [null, 11, 10, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['paddin', 'padding'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  Cropping2D: {
    make: (o) => layers.cropping2d({ cropping: 1, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 2], [null, 5, 4, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['croping', 'cropping'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  UpSampling2D: {
    make: (o) => layers.upSampling2d({ size: 2, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 2], [null, 14, 12, 2]], // biome-ignore format: pairs
      [[null, null, null, 2], [null, null, null, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['sizes', 'size'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  SpatialDropout2D: {
    make: (o) => layers.spatialDropout2d({ rate: 0.5, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 2], [null, 7, 6, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['rates', 'rate'],
    misfit: [[null, 8], /\[batch, rows, columns, channels\].*got \(None, 8\)/],
  },
  Conv3D: {
    make: (o) => layers.conv3d({ filters: 4, kernelSize: 2, groups: 2, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 5, 2], [null, 6, 5, 4, 4]], // biome-ignore format: pairs
    ],
    weights: { 'it/kernel': [2, 2, 2, 1, 4], 'it/bias': [4] },
    typo: ['filter', 'filters'],
    misfit: [[null, 8], /\[batch, planes, rows, columns, channels\].*got \(None, 8\)/],
  },
  Conv3DTranspose: {
    make: (o) => layers.conv3dTranspose({ filters: 3, kernelSize: 2, strides: 2, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 5, 2], [null, 14, 12, 10, 3]], // biome-ignore format: pairs
    ],
    weights: { 'it/kernel': [2, 2, 2, 3, 2], 'it/bias': [3] },
    typo: ['filter', 'filters'],
    misfit: [[null, 8], /\[batch, planes, rows, columns, channels\].*got \(None, 8\)/],
  },
  MaxPooling3D: {
    noFloat16: true,
    float32Only: true,
    make: (o) => layers.maxPooling3d({ name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 5, 2], [null, 3, 3, 2, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['poolsize', 'poolSize'],
    misfit: [[null, 8], /\[batch, planes, rows, columns, channels\].*got \(None, 8\)/],
  },
  GlobalMaxPooling3D: {
    make: (o) => layers.globalMaxPooling3d({ keepdims: true, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 5, 2], [null, 1, 1, 1, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['keepDim', 'keepdims'],
    misfit: [[null, 8], /\[batch, planes, rows, columns, channels\].*got \(None, 8\)/],
  },
  AdaptiveMaxPooling3D: {
    noFloat16: true,
    float32Only: true,
    make: (o) => layers.adaptiveMaxPooling3d({ outputSize: 3, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 5, 2], [null, 3, 3, 3, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['outputsize', 'outputSize'],
    misfit: [[null, 8], /\[batch, planes, rows, columns, channels\].*got \(None, 8\)/],
  },
  AveragePooling3D: {
    noFloat16: true,
    make: (o) => layers.averagePooling3d({ name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 5, 2], [null, 3, 3, 2, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['poolsize', 'poolSize'],
    misfit: [[null, 8], /\[batch, planes, rows, columns, channels\].*got \(None, 8\)/],
  },
  GlobalAveragePooling3D: {
    make: (o) => layers.globalAveragePooling3d({ keepdims: true, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 5, 2], [null, 1, 1, 1, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['keepDim', 'keepdims'],
    misfit: [[null, 8], /\[batch, planes, rows, columns, channels\].*got \(None, 8\)/],
  },
  AdaptiveAveragePooling3D: {
    noFloat16: true,
    make: (o) => layers.adaptiveAveragePooling3d({ outputSize: 3, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 5, 2], [null, 3, 3, 3, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['outputsize', 'outputSize'],
    misfit: [[null, 8], /\[batch, planes, rows, columns, channels\].*got \(None, 8\)/],
  },
  ZeroPadding3D: {
    make: (o) => layers.zeroPadding3d({ padding: 2, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 5, 2], [null, 11, 10, 9, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['paddin', 'padding'],
    misfit: [[null, 8], /\[batch, planes, rows, columns, channels\].*got \(None, 8\)/],
  },
  Cropping3D: {
    make: (o) => layers.cropping3d({ cropping: 1, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 5, 2], [null, 5, 4, 3, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['croping', 'cropping'],
    misfit: [[null, 8], /\[batch, planes, rows, columns, channels\].*got \(None, 8\)/],
  },
  UpSampling3D: {
    make: (o) => layers.upSampling3d({ size: 2, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 5, 2], [null, 14, 12, 10, 2]], // biome-ignore format: pairs
      [[null, null, null, null, 2], [null, null, null, null, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['sizes', 'size'],
    misfit: [[null, 8], /\[batch, planes, rows, columns, channels\].*got \(None, 8\)/],
  },
  SpatialDropout3D: {
    make: (o) => layers.spatialDropout3d({ rate: 0.5, name: 'it', ...o }),
    shapes: [
      [[null, 7, 6, 5, 2], [null, 7, 6, 5, 2]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['rates', 'rate'],
    misfit: [[null, 8], /\[batch, planes, rows, columns, channels\].*got \(None, 8\)/],
  },
  AlphaDropout: {
    make: (o) => layers.alphaDropout({ rate: 0.5, name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['rates', 'rate'],
  },
  GaussianDropout: {
    make: (o) => layers.gaussianDropout({ rate: 0.5, name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['rates', 'rate'],
  },
  GaussianNoise: {
    make: (o) => layers.gaussianNoise({ stddev: 0.5, name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['sttdev', 'stddev'],
  },
  ActivityRegularization: {
    make: (o) => layers.activityRegularization({ l1: 0.5, name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['l3', 'l1'],
  },
  ReLU: {
    make: (o) => layers.reLU({ maxValue: 6, name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['maxvalue', 'maxValue'],
  },
  ELU: {
    make: (o) => layers.elu({ alpha: 0.5, name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['alfa', 'alpha'],
  },
  Softmax: {
    make: (o) => layers.softmax({ name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['axes', 'axis'],
  },
  UnitNormalization: {
    make: (o) => layers.unitNormalization({ name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['axes', 'axis'],
  },
  Identity: {
    make: (o) => layers.identity({ name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['trainabl', 'trainable'],
  },
  PReLU: {
    make: (o) => layers.prelu({ sharedAxes: [1], name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: { 'it/alpha': [1, 4] },
    typo: ['sharedAxis', 'sharedAxes'],
    misfit: [[null, null, null], /known lengths/],
  },
  Permute: {
    make: (o) => layers.permute({ dims: [2, 1], name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 4, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['dim', 'dims'],
    misfit: [[null, 3], /2 axes after the batch, got \(None, 3\)/],
  },
  RepeatVector: {
    make: (o) => layers.repeatVector({ n: 3, name: 'it', ...o }),
    shapes: [
      [[null, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['m', 'n'],
    misfit: [[null, 3, 4], /\[batch, features\], got \(None, 3, 4\)/],
  },
  LayerNormalization: {
    make: (o) => layers.layerNormalization({ name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: { 'it/gamma': [4], 'it/beta': [4] },
    typo: ['epsilom', 'epsilon'],
    misfit: [[null, null], /known lengths/],
  },
  GroupNormalization: {
    make: (o) => layers.groupNormalization({ groups: 2, name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
      [[null, null, 4], [null, null, 4]], // biome-ignore format: pairs
    ],
    weights: { 'it/gamma': [4], 'it/beta': [4] },
    typo: ['group', 'groups'],
    misfit: [[null, 3], /divides into 2 groups/],
  },
  RMSNormalization: {
    make: (o) => layers.rmsNormalization({ name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: { 'it/scale': [4] },
    typo: ['epsilom', 'epsilon'],
    misfit: [[null, null], /known lengths/],
  },
  SpectralNormalization: {
    float32Only: true,
    make: (o) => layers.spectralNormalization({ layer: layers.dense({ units: 3, name: 'in' }), name: 'it', ...o }),
    shapes: [
      [[null, 4], [null, 3]], // biome-ignore format: pairs
    ],
    weights: { 'in/kernel': [4, 3], 'it/vector_u': [1, 3], 'in/bias': [3] },
    typo: ['layr', 'layer'],
  },
  Embedding: {
    make: (o) => layers.embedding({ inputDim: 5, outputDim: 3, name: 'it', ...o }),
    shapes: [
      [[null, 4], [null, 4, 3]], // biome-ignore format: pairs
    ],
    weights: { 'it/embeddings': [5, 3] },
    typo: ['inputDimm', 'inputDim'],
    below: 5,
  },
  ReversibleEmbedding: {
    make: (o) => layers.reversibleEmbedding({ inputDim: 5, outputDim: 3, name: 'it', ...o }),
    shapes: [
      [[null, 4], [null, 4, 3]], // biome-ignore format: pairs
    ],
    weights: { 'it/embeddings': [5, 3] },
    typo: ['tieWeight', 'tieWeights'],
    below: 5,
  },
  Add: {
    make: (o) => layers.add({ name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['nam', 'name'],
    inputs: 2,
  },
  Multiply: {
    make: (o) => layers.multiply({ name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['nam', 'name'],
    inputs: 2,
  },
  Average: {
    make: (o) => layers.average({ name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['nam', 'name'],
    inputs: 2,
  },
  Maximum: {
    make: (o) => layers.maximum({ name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['nam', 'name'],
    inputs: 2,
  },
  Minimum: {
    make: (o) => layers.minimum({ name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['nam', 'name'],
    inputs: 2,
  },
  Subtract: {
    make: (o) => layers.subtract({ name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 4]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['nam', 'name'],
    inputs: 2,
  },
  Concatenate: {
    make: (o) => layers.concatenate({ name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 12]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['axes', 'axis'],
    inputs: 3,
  },
  Dot: {
    make: (o) => layers.dot({ axes: -1, name: 'it', ...o }),
    shapes: [
      [[null, 3, 4], [null, 3, 3]], // biome-ignore format: pairs
    ],
    weights: {},
    typo: ['axis', 'axes'],
    inputs: 2,
  },
};
