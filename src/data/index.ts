export { ArraySource } from './array-source.js';
export { applyTransform, type TransformParameters } from './augmentation.js';
export { listClassFolders } from './class-folders.js';
export type { DirectoryFlow, DirectoryFlowOptions } from './directory-flow.js';
export { GeneratorSource } from './generator-source.js';
export { ImageDataGenerator, type ImageDataGeneratorOptions, imageDataGenerator } from './image-data-generator.js';
export type { BuiltSource, DataSource } from './source.js';
