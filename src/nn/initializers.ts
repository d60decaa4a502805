import type { DType } from '../core/dtype.js';
import { findInitializersBy, type Initializer, type InitializerIdentifier } from '../core/initializer.js';
import type { Output } from '../core/output.js';
import { statelessRandom } from '../core/random.js';
import { formatShape } from '../core/shape.js';
import { tensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';
import { FunctionFamily } from './function-family.js';
import { oneOf, type SerializedObject } from './serialization.js';

export type { Initializer, InitializerIdentifier } from '../core/initializer.js';

const family = new FunctionFamily<Initializer>('initializer', 'keras.initializers');

/** The initializer of a name, a Keras config, or a function `(shape, dtype) => Output` itself. */
export function get(identifier: InitializerIdentifier): Initializer {
  return family.get(identifier);
}

findInitializersBy(get);

/** As Keras files have it. */
export function serialize(initializer: Initializer): SerializedObject {
  return family.serialize(initializer);
}

/** The initializer a Keras config describes. */
export function deserialize(serialized: SerializedObject): Initializer {
  return family.deserialize(serialized);
}

/** All names, aliases included. */
export function names(): string[] {
  return family.names();
}

/** All 0. */
export const zeros = family.define('Zeros', {}, () => (shape, dtype) => filled(shape, 0, dtype), ['zero']);

/** All 1. */
export const ones = family.define('Ones', {}, () => (shape, dtype) => filled(shape, 1, dtype), ['one']);

export interface ConstantOptions {
  /** Value of every element. Default 0. */
  value?: number;
}

/** All the same. */
export const constant = family.define<ConstantOptions>('Constant', { value: 0 }, ({ value }) => {
  return (shape, dtype) => filled(shape, value, dtype);
});

export interface IdentityOptions {
  /** Value on the diagonal. Default 1. */
  gain?: number;
}

/** A matrix with `gain` on the diagonal and 0 elsewhere. */
export const identity = family.define<IdentityOptions>(
  'Identity',
  { gain: 1 },
  ({ gain }) =>
    (shape, dtype) => {
      const [rows, columns] = shape;
      if (rows === undefined || columns === undefined || shape.length > 2) {
        throw new TensorFlowError('ERR_SHAPE', `The identity initializer makes matrices, not ${formatShape(shape)}.`);
      }
      return ops.mul(ops.oneHot(ops.range(0, rows), columns, ops.cast(1, dtype), ops.cast(0, dtype)), gain);
    },
  ['IdentityInitializer'],
);

/** Option of every random initializer. */
export interface RandomOptions {
  /** Makes the values depend on this number alone. Default: the program's generator. */
  seed?: number | null;
}

export interface RandomUniformOptions extends RandomOptions {
  /** Lower limit. Default −0.05. */
  minval?: number;
  /** Upper limit. Default 0.05. */
  maxval?: number;
}

export const randomUniform = family.define<RandomUniformOptions>(
  'RandomUniform',
  { minval: -0.05, maxval: 0.05, seed: null },
  ({ minval, maxval, seed }) =>
    (shape, dtype) =>
      ops.add(ops.mul(draw('StatelessRandomUniformV2', shape, dtype, seed), maxval - minval), minval),
  ['uniform'],
);

export interface RandomNormalOptions extends RandomOptions {
  /** Default 0. */
  mean?: number;
  /** Default 0.05. */
  stddev?: number;
}

export const randomNormal = family.define<RandomNormalOptions>(
  'RandomNormal',
  { mean: 0, stddev: 0.05, seed: null },
  ({ mean, stddev, seed }) =>
    (shape, dtype) =>
      ops.add(ops.mul(draw('StatelessRandomNormalV2', shape, dtype, seed), stddev), mean),
  ['normal'],
);

/** Normal values; those beyond two deviations are drawn again. */
export const truncatedNormal = family.define<RandomNormalOptions>(
  'TruncatedNormal',
  { mean: 0, stddev: 0.05, seed: null },
  ({ mean, stddev, seed }) =>
    (shape, dtype) =>
      ops.add(ops.mul(draw('StatelessTruncatedNormalV2', shape, dtype, seed), stddev), mean),
);

export interface FanOptions extends RandomOptions {
  /** Axes of the kernel that are its inputs; default: the last but one, times the window. */
  inputAxes?: readonly number[] | null;
  /** Axes of the kernel that are its outputs; default: the last, times the window. */
  outputAxes?: readonly number[] | null;
}

export interface VarianceScalingOptions extends FanOptions {
  /** Variance times fan. Default 1. */
  scale?: number;
  /** Whose number counts: `fanIn`, `fanOut` or `fanAvg`. Default `fanIn`. */
  mode?: string;
  /** `truncatedNormal`, `untruncatedNormal` or `uniform`. Default `truncatedNormal`. */
  distribution?: string;
}

const FAN_DEFAULTS = { seed: null, inputAxes: null, outputAxes: null };

/** Values whose variance is `scale` divided by the number of a unit's inputs, outputs, or their mean. */
export const varianceScaling = family.define<VarianceScalingOptions>(
  'VarianceScaling',
  { scale: 1, mode: 'fan_in', distribution: 'truncated_normal', ...FAN_DEFAULTS },
  scaled,
);

/** Uniform, variance 2 / (inputs + outputs). */
export const glorotUniform = family.define<FanOptions>('GlorotUniform', FAN_DEFAULTS, (options) =>
  scaled({ ...options, scale: 1, mode: 'fan_avg', distribution: 'uniform' }),
);

/** Truncated normal, variance 2 / (inputs + outputs). */
export const glorotNormal = family.define<FanOptions>('GlorotNormal', FAN_DEFAULTS, (options) =>
  scaled({ ...options, scale: 1, mode: 'fan_avg', distribution: 'truncated_normal' }),
);

/** Uniform, variance 2 / inputs. */
export const heUniform = family.define<FanOptions>('HeUniform', FAN_DEFAULTS, (options) =>
  scaled({ ...options, scale: 2, mode: 'fan_in', distribution: 'uniform' }),
);

/** Truncated normal, variance 2 / inputs. */
export const heNormal = family.define<FanOptions>('HeNormal', FAN_DEFAULTS, (options) =>
  scaled({ ...options, scale: 2, mode: 'fan_in', distribution: 'truncated_normal' }),
);

/** Uniform, variance 1 / inputs. */
export const lecunUniform = family.define<FanOptions>('LecunUniform', FAN_DEFAULTS, (options) =>
  scaled({ ...options, scale: 1, mode: 'fan_in', distribution: 'uniform' }),
);

/** Truncated normal, variance 1 / inputs. */
export const lecunNormal = family.define<FanOptions>('LecunNormal', FAN_DEFAULTS, (options) =>
  scaled({ ...options, scale: 1, mode: 'fan_in', distribution: 'truncated_normal' }),
);

export interface OrthogonalOptions extends RandomOptions {
  /** Factor of the matrix. Default 1. */
  gain?: number;
}

/** Orthonormal rows or columns, whichever are fewer, of the weight seen as a matrix whose columns are its last axis. */
export const orthogonal = family.define<OrthogonalOptions>(
  'Orthogonal',
  { gain: 1, seed: null },
  ({ gain, seed }) =>
    (shape, dtype) => {
      const columns = shape.at(-1);
      if (columns === undefined || shape.length < 2) {
        throw new TensorFlowError(
          'ERR_SHAPE',
          `The orthogonal initializer needs two axes or more, got ${formatShape(shape)}.`,
        );
      }
      const rows = product(shape.slice(0, -1));
      const tall = [Math.max(rows, columns), Math.min(rows, columns)];
      const { q, r } = ops.qr(draw('StatelessRandomNormalV2', tall, dtype, seed));
      // Why: with the signs of R's diagonal, Q is uniform among the orthogonal matrices.
      const uniform = ops.mul(q, ops.sign(ops.matrixDiagPart(r)));
      const matrix = rows < columns ? ops.transpose(uniform, [1, 0]) : uniform;
      return ops.mul(ops.reshape(matrix, Int32Array.from(shape)), gain);
    },
  ['OrthogonalInitializer'],
);

/** Windows as sums a₀ − a₁·cos(x) + a₂·cos(2x) − …, x from 0 to 2π. */
const WINDOWS = {
  boxcar: [1],
  hann: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  nuttall: [0.3635819, 0.4891775, 0.1365995, 0.0106411],
  blackmanharris: [0.35875, 0.48829, 0.14128, 0.01168],
} as const;
type WindowName = keyof typeof WINDOWS;

export interface STFTOptions {
  /** `real` (default) or `imag`: which part of the transform the kernel computes. */
  side?: string;
  /** `hann` (default), `hamming`, `blackman`, `nuttall`, `blackmanharris`, `boxcar`, its values, or null for none. */
  window?: string | readonly number[] | null;
  /** `density` (default), `spectrum`, or null: what the window is divided by. */
  scaling?: string | null;
  /** Whether the window's first value would follow its last. Default false. */
  periodic?: boolean;
}

/** Kernel of a convolution that is a short-time Fourier transform: [frame, 1, frequencies]. */
export const stft = family.define<STFTOptions>(
  'STFT',
  { side: 'real', window: 'hann', scaling: 'density', periodic: false },
  (options) => {
    const wave = oneOf('STFT.side', options.side, ['real', 'imag']) === 'real' ? ops.cos : ops.sin;
    const scaling = options.scaling === null ? null : oneOf('STFT.scaling', options.scaling, ['density', 'spectrum']);
    const { window, periodic } = options;
    if (typeof window === 'string') oneOf('STFT.window', window, Object.keys(WINDOWS));
    return (shape, dtype) => {
      const [frame, channels, frequencies] = shape;
      if (frame === undefined || frequencies === undefined || channels !== 1 || shape.length !== 3) {
        throw new TensorFlowError(
          'ERR_SHAPE',
          `The STFT initializer makes kernels of shape [frame, 1, frequencies], not ${formatShape(shape)}.`,
        );
      }
      const column = (length: number): Output => ops.cast(ops.range(0, length), dtype);
      const time = ops.reshape(column(frame), [frame, 1, 1]);
      const frequency = ops.div(column(frequencies), (frequencies - 1) * 2);
      const kernel = wave(ops.mul(ops.mul(time, frequency), -2 * Math.PI));
      if (window === null) return kernel;
      const values = ops.reshape(windowOf(window, frame, periodic, dtype), [frame, 1, 1]);
      const weighted = ops.mul(kernel, values);
      if (scaling === null) return weighted;
      const size = scaling === 'density' ? ops.sqrt(ops.sum(ops.square(values))) : ops.sum(ops.abs(values));
      return ops.div(weighted, size);
    };
  },
  ['STFTInitializer'],
);

function windowOf(window: string | readonly number[], frame: number, periodic: boolean, dtype: DType): Output {
  if (typeof window !== 'string') {
    if (window.length === frame) return ops.cast(window, dtype);
    throw new TensorFlowError(
      'ERR_SHAPE',
      `STFT: the window has ${window.length} values, but a frame has ${frame}; give one value for each.`,
    );
  }
  const factors: readonly number[] = WINDOWS[oneOf('STFT.window', window, Object.keys(WINDOWS) as WindowName[])];
  const turn = (2 * Math.PI) / Math.max(1, periodic ? frame : frame - 1);
  const at = (i: number): number =>
    factors.reduce((sum, factor, k) => sum + (k % 2 ? -factor : factor) * Math.cos(k * turn * i), 0);
  return ops.cast(
    Array.from({ length: frame }, (_, i) => (frame === 1 ? 1 : at(i))),
    dtype,
  );
}

const MODES = ['fan_in', 'fan_out', 'fan_avg'] as const;
const DISTRIBUTIONS = ['truncated_normal', 'untruncated_normal', 'uniform'] as const;
/** Standard deviation of a normal distribution cut at two deviations. */
const TRUNCATED_DEVIATION = 0.8796256610342398;

function scaled({ scale, seed, inputAxes, outputAxes, ...options }: Required<VarianceScalingOptions>): Initializer {
  if (!(scale > 0)) throw new TensorFlowError('ERR_ARGUMENT', `VarianceScaling: scale must be above 0, got ${scale}.`);
  const mode = oneOf('VarianceScaling.mode', options.mode, MODES);
  const distribution = oneOf('VarianceScaling.distribution', options.distribution, DISTRIBUTIONS);
  return (shape, dtype) => {
    const [fanIn, fanOut] = fans(shape, inputAxes, outputAxes);
    const fan = { fan_in: fanIn, fan_out: fanOut, fan_avg: (fanIn + fanOut) / 2 }[mode];
    const variance = scale / Math.max(1, fan);
    switch (distribution) {
      case 'uniform': {
        const limit = Math.sqrt(3 * variance);
        return ops.sub(ops.mul(draw('StatelessRandomUniformV2', shape, dtype, seed), 2 * limit), limit);
      }
      case 'untruncated_normal':
        return ops.mul(draw('StatelessRandomNormalV2', shape, dtype, seed), Math.sqrt(variance));
      case 'truncated_normal': {
        const deviation = Math.sqrt(variance) / TRUNCATED_DEVIATION;
        return ops.mul(draw('StatelessTruncatedNormalV2', shape, dtype, seed), deviation);
      }
    }
  };
}

/** How many inputs and outputs a unit of a kernel has. */
function fans(
  shape: readonly number[],
  inputAxes: readonly number[] | null,
  outputAxes: readonly number[] | null,
): [fanIn: number, fanOut: number] {
  const along = (axes: readonly number[]): number => product(axes.map((axis) => shape.at(axis) ?? 1));
  if (inputAxes && outputAxes) return [along(inputAxes), along(outputAxes)];
  if (shape.length < 2) return [along([0]), along([0])];
  const window = product(shape.slice(0, -2));
  return [window * along([-2]), window * along([-1])];
}

type Distribution = 'StatelessRandomUniformV2' | 'StatelessRandomNormalV2' | 'StatelessTruncatedNormalV2';
/** The library's number of the Philox generator. */
const PHILOX = 1;

/** Values in [0, 1), or normal ones with mean 0 and deviation 1. */
function draw(type: Distribution, shape: readonly number[], dtype: DType, seed: unknown): Output {
  const dims = ops.constant(Int32Array.from(shape));
  // Why: Keras writes the state of a shared generator here, which has no meaning in another program.
  if (typeof seed !== 'number') return statelessRandom(type, dims, dtype);
  const key = tensor(BigUint64Array.of(BigInt.asUintN(64, BigInt(Math.trunc(seed)))), [1], 'uint64');
  const counter = tensor(BigUint64Array.of(0n, 0n), [2], 'uint64');
  const attrs: ops.Named & { dtype: DType } = { dtype };
  return ops.applyOp(type, [dims, key, counter, PHILOX], attrs).output();
}

function filled(shape: readonly number[], value: number, dtype: DType): Output {
  return ops.fill(Int32Array.from(shape), ops.cast(value, dtype));
}

function product(dims: readonly number[]): number {
  return dims.reduce((a, b) => a * b, 1);
}
