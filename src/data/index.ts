export { ArraySource } from './array-source.js';
export { applyTransform, type TransformParameters } from './augmentation.js';
export type { BatchOptions } from './batch-options.js';
export { type ClassFolders, listClassFolders } from './class-folders.js';
export type { ClassMode, DataFrameClassMode } from './class-mode.js';
export type { DataFrameFlow, DataFrameFlowOptions, DataFrameRow } from './data-frame-flow.js';
export { type AnyDataset, Dataset, type ElementOf, type ShuffleOptions } from './dataset.js';
export {
  type ArrowColumn,
  type ArrowOptions,
  type ArrowRow,
  type ArrowSource,
  type ArrowTable,
  fromArrow,
} from './dataset-arrow.js';
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
export { type GeneratorOptions, generator, type Made } from './dataset-generator.js';
export { type DatasetValues, fromTensorSlices, fromTensors, range, zip } from './dataset-tensors.js';
export type { ColorMode, Interpolation } from './decode.js';
export {
  DirectoryDataset,
  type FromDirectoryOptions,
  type ImagesFromDirectoryOptions,
  imageDatasetFromDirectory,
  type LabelMode,
  type TextsFromDirectoryOptions,
  textDatasetFromDirectory,
} from './directory-dataset.js';
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
  type FitOptions as GeneratorFitOptions,
  ImageDataGenerator,
  imageDataGenerator,
  type PictureTransform,
} from './image-data-generator.js';
export type { ImageDataGeneratorOptions } from './image-data-generator-options.js';
export type { ImageFlow } from './image-flow.js';
export type { PreprocessingFunction } from './preprocessing-function.js';
export type { FillMode } from './sampling.js';
export type { BuiltSource, DataSource } from './source.js';
