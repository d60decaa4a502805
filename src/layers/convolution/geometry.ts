import { TensorFlowError } from '../../errors/errors.js';
import { type Pair, parsePadding, tuple } from '../pairs.js';

/** How a kernel lies on its input and moves over it. */
export interface GeometryOptions {
  kernelSize: Pair;
  /** Default 1. */
  strides?: Pair;
  /** `valid` (default) or `same`; for `Conv1D` also `causal`. */
  padding?: string;
  /** Step between the elements of the kernel. Default 1. */
  dilationRate?: Pair;
}

export const geometryOptionNames = ['kernelSize', 'strides', 'padding', 'dilationRate', 'dataFormat'] as const;

/** One number per spatial axis. */
export interface Geometry {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'valid' | 'same' | 'causal';
  readonly dilationRate: readonly number[];
}

/**
 * The options of a kernel over `rank` axes, checked.
 *
 * @param causal whether `padding` may be `causal`, over one axis
 * @throws ERR_ARGUMENT naming the option
 */
export function parseGeometry(where: string, rank: number, options: GeometryOptions, causal = false): Geometry {
  const { padding = 'valid' } = options;
  return {
    kernelSize: tuple(`${where}: kernelSize`, options.kernelSize, rank),
    strides: tuple(`${where}: strides`, options.strides ?? 1, rank),
    padding: rank === 1 && causal ? parseCausal(where, padding) : parsePadding(where, padding),
    dilationRate: tuple(`${where}: dilationRate`, options.dilationRate ?? 1, rank),
  };
}

function parseCausal(where: string, padding: string): Geometry['padding'] {
  return padding.toLowerCase() === 'causal' ? 'causal' : parsePadding(where, padding, " or 'causal'");
}

/** Refuses what the library cannot: gaps in the kernel and in its steps at once. */
export function refuseStridesWithDilation(where: string, { strides, dilationRate }: Geometry): void {
  if (strides.every((s) => s === 1) || dilationRate.every((d) => d === 1)) return;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where}: either strides or dilationRate may be above 1, got strides [${strides}] and dilationRate [${dilationRate}].`,
  );
}

/** Keras' config keys. */
export function geometryConfig({ kernelSize, strides, padding, dilationRate }: Geometry): Record<string, unknown> {
  return { kernel_size: kernelSize, strides, padding, dilation_rate: dilationRate };
}
