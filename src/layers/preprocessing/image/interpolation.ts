import { oneOf } from '../../../nn/serialization.js';

const INTERPOLATIONS = ['nearest', 'bilinear'] as const;

/** How a pixel between pixels is found. */
export type SampleInterpolation = (typeof INTERPOLATIONS)[number];

/** @throws ERR_UNKNOWN_NAME */
export function parseInterpolation(where: string, interpolation = 'bilinear'): SampleInterpolation {
  return oneOf(`${where}: interpolation`, interpolation, INTERPOLATIONS);
}
