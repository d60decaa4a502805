export type { CompileOptions } from '../training/compiled.js';
export type { Batch, StepResults } from '../training/trainable.js';
export { cloneModel, deserialize } from './deserialize.js';
export type {
  ClassifyOptions,
  ExamplesOptions,
  ExportOptions,
  FeatureSource,
  ImageFeature,
  ImagesOptions,
  ImagesSignatureOptions,
  ModelSignature,
  QuantizationReport,
  QuantizedTo,
  QuantizedWeight,
  QuantizeOptions,
} from './export-options.js';
export type { LoadWeightsOptions, SaveOptions } from './formats.js';
export type { FreezeOptions } from './freeze.js';
export { Functional, type FunctionalOptions, model } from './functional.js';
export { type InputOptions, input } from './input.js';
export { Model } from './model.js';
export { Sequential, type SequentialOptions, sequential } from './sequential.js';
export { type SummaryOptions, summaryText } from './summary.js';
