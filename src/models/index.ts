export { deserialize } from './deserialize.js';
export type { SaveOptions } from './formats.js';
export type { CompileOptions } from './model.js';
export { Model } from './model.js';
export { Sequential, type SequentialOptions, sequential } from './sequential.js';
export { summaryText } from './summary.js';
