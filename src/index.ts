/**
 * Train, keep, move and serve neural networks from Node.
 *
 * @example
 * import * as tf from 'libtensorflow-node';
 * const model = tf.sequential();
 *
 * @packageDocumentation
 */

export * as applications from './applications/index.js';
export { gradients, sparseGradients } from './autodiff/gradients.js';
export { IndexedSlices } from './autodiff/indexed-slices.js';
export { type GradientRule, registerGradient } from './autodiff/registry.js';
export type { RestoreOptions } from './core/checkpoint.js';
export { config, type Settings } from './core/config.js';
export { constant } from './core/constant.js';
export { devices } from './core/devices.js';
export type { DType, TypedArray } from './core/dtype.js';
export type { Outputs, ProgramFunction, Specs } from './core/function.js';
export { Graph } from './core/graph.js';
export type { Operand } from './core/operand.js';
export { Operation, Output } from './core/output.js';
export { type LoadOptions, Program, type ProgramOptions, type SaveOptions } from './core/program.js';
export { nameScope, withControls, withDevice } from './core/scope.js';
export type { PartialShape, Shape } from './core/shape.js';
export { spec, type TensorSpec } from './core/spec.js';
export { type NestedArray, Tensor, type TensorLike, tensor } from './core/tensor.js';
export { Variable } from './core/variable.js';
export { version } from './core/version.js';
export * as datasets from './data/datasets/index.js';
export * as image from './data/image.js';
export * as data from './data/index.js';
export { ERROR_CODES, TensorFlowError } from './errors/errors.js';
export * as layers from './layers/index.js';
export { Layer, registerLayer } from './layers/index.js';
export { SymbolicTensor } from './layers/symbolic.js';
export { FeatureSpace, featureSpace } from './models/feature-space/feature-space.js';
export { Functional, model } from './models/functional.js';
export * as models from './models/index.js';
export { input } from './models/input.js';
export { Model } from './models/model.js';
export { Sequential, sequential } from './models/sequential.js';
export { activations, constraints, initializers, losses, metrics, optimizers, regularizers } from './nn/index.js';
export * as ops from './ops/index.js';
export { stopGradient } from './ops/index.js';
export * as random from './ops/random.js';
export * as plots from './plots/index.js';
export { type Conversion, type ConvertOptions, convert } from './saving/convert/convert.js';
export { saveH5 } from './saving/h5-format.js';
export { inspect } from './saving/inspect/inspect.js';
export type { Inspection } from './saving/inspect/inspection.js';
export { type LoadModelOptions, loadModel } from './saving/load-model.js';
export { ServedModel } from './saving/served-model.js';
export { saveTfjs } from './saving/tfjs/save.js';
export type { ServeOptions } from './serving/serve.js';
export type { ModelServer } from './serving/serve-here.js';
export { serve } from './serving/serve-lazily.js';
export { type TrainOptions, type TrainResult, train } from './train.js';
export * as callbacks from './training/callbacks/index.js';
export type { Precision } from './training/compiled.js';
