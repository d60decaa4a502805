export { ArraySource } from './array-source.js';
export { applyTransform, type TransformParameters } from './augmentation.js';
export type { BatchOptions } from './batch-options.js';
export { type ClassFolders, listClassFolders } from './class-folders.js';
export type { ClassMode } from './class-mode.js';
export { Dataset, type ElementOf, type ShuffleOptions } from './dataset.js';
export type { BucketOptions, DatasetBatchOptions, PaddedBatchOptions, WindowOptions } from './dataset-batches.js';
export { type CsvColumn, type CsvColumns, type CsvOptions, csv } from './dataset-csv.js';
export {
  type Compression,
  type Files,
  fromFiles,
  type ListFilesOptions,
  listFiles,
  type RecordFilesOptions,
  textLines,
  tfrecord,
  writeTfrecord,
} from './dataset-files.js';
export type { FilterOptions, InterleaveOptions, MapOptions } from './dataset-functions.js';
export { type DatasetValues, fromTensorSlices, fromTensors, range, zip } from './dataset-tensors.js';
export type { ColorMode, Interpolation } from './decode.js';
export type { DirectoryFlow, DirectoryFlowOptions } from './directory-flow.js';
export { encodeExample, parseExample } from './example.js';
export {
  type BatchGenerator,
  GeneratorSource,
  type GeneratorSourceOptions,
  type HostBatch,
} from './generator-source.js';
export {
  type ArrayFlowOptions,
  ImageDataGenerator,
  type ImageDataGeneratorOptions,
  imageDataGenerator,
  type PictureTransform,
} from './image-data-generator.js';
export type { ImageFlow } from './image-flow.js';
export type { FillMode } from './sampling.js';
export type { BuiltSource, DataSource } from './source.js';
