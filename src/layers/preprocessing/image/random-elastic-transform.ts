import type { Output } from '../../../core/output.js';
import { unknownName } from '../../../errors/suggest.js';
import * as ops from '../../../ops/index.js';
import { normal, uniform } from '../../../ops/random.js';
import { clip, filtered, gaussian } from './colors.js';
import { chosen } from './draws.js';
import { type Factor, parseFactor, parseValueRange, type Range } from './factor.js';
import { parseInterpolation, type SampleInterpolation } from './interpolation.js';
import { RandomImage, type RandomImageOptions } from './random-image.js';
import { atCoordinates, FILL_MODES, type FillMode } from './sample.js';

export interface RandomElasticTransformOptions extends RandomImageOptions {
  /** The probability that a picture is distorted, or the ends that it is drawn from. Default 1, which is drawn from 0 … 1. */
  factor?: Factor;
  /** How strongly, 0 … 1, drawn for the batch; a number `f` stands for 0 … f. Default 1. */
  scale?: Factor;
  /** `bilinear` (default) or `nearest`. */
  interpolation?: string;
  /** What is seen outside: `reflect` (default), `mirror`, `wrap`, `constant` or `nearest`. */
  fillMode?: FillMode;
  /** What is seen outside in mode `constant`. Default 0. */
  fillValue?: number;
  /** What the values are between. Default `[0, 255]`. */
  valueRange?: readonly number[];
}

interface Elastic {
  /** `[batch, 1, 1, 1]` */
  readonly where: Output;
  /** How strongly, `[]`. */
  readonly strength: Output;
  /** Gaussian, `[batch, rows, columns, 1]`. */
  readonly noise: Output;
}

/** Why: a deviation of 0 is divided by. */
const LEAST = 1e-6;

/**
 * In training, distorts pictures as if they were of rubber (Keras `RandomElasticTransform`). As in Keras, one noise moves
 * pixels along rows and columns.
 *
 * @see Simard et al., Best Practices for Convolutional Neural Networks, 2003
 * @example
 * randomElasticTransform({ factor: [0.5, 0.5], scale: 0.8 });
 */
export class RandomElasticTransform extends RandomImage<Elastic> {
  static override readonly className = 'RandomElasticTransform';
  static override readonly optionNames = [
    'factor',
    'scale',
    'interpolation',
    'fillMode',
    'fillValue',
    'valueRange',
    ...RandomImage.optionNames,
  ];

  readonly factor: Range;
  readonly scale: Range;
  readonly interpolation: SampleInterpolation;
  readonly fillMode: FillMode;
  readonly fillValue: number;
  readonly valueRange: Range;

  constructor(options: RandomElasticTransformOptions = {}) {
    super(options);
    const { fillMode = 'reflect', fillValue = 0 } = options;
    if (!FILL_MODES.includes(fillMode)) throw unknownName(`fillMode of ${this.where}`, fillMode, FILL_MODES);
    this.factor = parseFactor(`${this.where}: factor`, options.factor ?? 1, 0, 1);
    this.scale = parseFactor(`${this.where}: scale`, options.scale ?? 1, 0, 1);
    this.interpolation = parseInterpolation(this.where, options.interpolation);
    this.fillMode = fillMode;
    this.fillValue = fillValue;
    this.valueRange = parseValueRange(this.where, options.valueRange ?? [0, 255]);
  }

  override draw(images: Output): Elastic {
    const [min, max] = this.scale;
    const { dtype } = images;
    const sizes = ops.concat([ops.slice(ops.shape(images), [0], [3]), [1]], 0);
    return {
      where: chosen(images, this.factor),
      strength: uniform([], { min, max, dtype }),
      noise: normal(sizes, { dtype }),
    };
  }

  override transform(images: Output, { where, strength, noise }: Elastic): Output {
    const sides = ops.cast(ops.slice(ops.shape(images), [1], [2]), images.dtype);
    const alpha = ops.mul(ops.max(sides), ops.mul(strength, 0.1));
    const sigma = ops.mul(ops.min(sides), ops.mul(strength, 0.05));
    const shift = ops.mul(alpha, ops.squeeze(blurred(ops.mul(noise, sigma), sigma), [3]));
    const along = (side: number): Output => ops.cast(ops.range(0, ops.gather(ops.shape(images), side)), images.dtype);
    const rows = ops.add(ops.reshape(along(1), [1, -1, 1]), shift);
    const columns = ops.add(ops.reshape(along(2), [1, 1, -1]), shift);
    const { fillMode, fillValue, interpolation } = this;
    const distorted = atCoordinates(images, rows, columns, { fillMode, fillValue, interpolation });
    return clip(ops.where(where, distorted, images), this.valueRange);
  }

  override getConfig(): Record<string, unknown> {
    const { factor, scale, interpolation, fillMode, fillValue, valueRange } = this;
    return {
      ...super.getConfig(),
      factor,
      scale,
      interpolation,
      fill_mode: fillMode,
      fill_value: fillValue,
      value_range: valueRange,
    };
  }
}

/** By a bell curve of six deviations. */
function blurred(images: Output, sigma: Output): Output {
  const length = ops.add(ops.mul(ops.cast(sigma, 'int32'), 6), 1);
  const curve = gaussian(length, ops.maximum(sigma, LEAST));
  return filtered(images, ops.mul(ops.expandDims(curve, 1), ops.expandDims(curve, 0)));
}
