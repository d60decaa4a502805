import type { FileKind } from '../recognise.js';

/** What a model can be converted to. */
export const FORMATS = [
  'saved-model',
  'keras',
  'h5',
  'h5-weights',
  'weights.h5',
  'tfjs',
  'npz',
  'safetensors',
] as const satisfies readonly FileKind[];

export type ConvertFormat = (typeof FORMATS)[number];
