import type { Output } from '../../../core/output.js';
import { TensorFlowError } from '../../../errors/errors.js';
import * as ops from '../../../ops/index.js';
import { uniform } from '../../../ops/random.js';
import { chosen, count } from './draws.js';
import { type Factor, parseFactor, type Range } from './factor.js';
import { parseInterpolation, type SampleInterpolation } from './interpolation.js';
import { RandomImage, type RandomImageOptions } from './random-image.js';

const CORNERS = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
];

export interface RandomPerspectiveOptions extends RandomImageOptions {
  /** The probability that a picture is changed, or the ends that it is drawn from. Default 1, which is drawn from 0 … 1. */
  factor?: Factor;
  /** Shares of a side that corners are moved by: from −scale / 2 to scale / 2. Between 0 and 1 (default). */
  scale?: number;
  /** `bilinear` (default) or `nearest`. */
  interpolation?: string;
  /** What is seen outside. Default 0. */
  fillValue?: number;
}

interface Perspective {
  /** `[batch, 1, 1, 1]` */
  readonly where: Output;
  /** What corners, `(x, y)` each, are moved by, as shares of where they are: `[batch, 4, 2]`. */
  readonly shift: Output;
}

/**
 * In training, moves the corners of pictures, as if they were seen from elsewhere (Keras `RandomPerspective`).
 *
 * @example
 * randomPerspective({ scale: 0.3 });
 */
export class RandomPerspective extends RandomImage<Perspective> {
  static override readonly className = 'RandomPerspective';
  static override readonly optionNames = ['factor', 'scale', 'interpolation', 'fillValue', ...RandomImage.optionNames];

  readonly factor: Range;
  readonly scale: number;
  readonly interpolation: SampleInterpolation;
  readonly fillValue: number;

  constructor(options: RandomPerspectiveOptions = {}) {
    super(options);
    const { factor = 1, scale = 1, fillValue = 0 } = options;
    if (!(scale >= 0 && scale <= 1)) {
      throw new TensorFlowError('ERR_ARGUMENT', `${this.where}: scale must be between 0 and 1, got ${scale}.`);
    }
    this.factor = parseFactor(`${this.where}: factor`, factor, 0, 1);
    this.scale = scale;
    this.interpolation = parseInterpolation(this.where, options.interpolation);
    this.fillValue = fillValue;
  }

  override draw(images: Output): Perspective {
    const most = this.scale / 2;
    const shift = uniform(ops.stack([count(images), 4, 2]), { min: -most, max: most, dtype: 'float32' });
    return { where: chosen(images, this.factor), shift };
  }

  override transform(images: Output, { where, shift }: Perspective): Output {
    const shape = ops.shape(images);
    const [height, width] = [1, 2].map((axis) => ops.sub(ops.cast(ops.gather(shape, axis), 'float32'), 1));
    const corners = ops.mul(ops.constant(CORNERS, 'float32'), ops.stack([width as Output, height as Output]));
    const moved = ops.add(corners, ops.mul(corners, ops.cast(shift, 'float32')));
    const outputShape = ops.slice(shape, [1], [2]);
    const y = ops.imageProjectiveTransformV3(images, homography(corners, moved), outputShape, this.fillValue, {
      interpolation: this.interpolation.toUpperCase(),
    });
    return ops.where(where, y, images);
  }

  override getConfig(): Record<string, unknown> {
    const { factor, scale, interpolation, fillValue } = this;
    return { ...super.getConfig(), factor, scale, interpolation, fill_value: fillValue };
  }
}

/**
 * The eight numbers `[batch, 8]` of the projection that takes the four points `from` `[batch, 4, 2]` to `to` `[4, 2]`: two
 * linear equations for each point.
 */
function homography(to: Output, from: Output): Output {
  const column = ops.slice(from, [0, 0, 0], [-1, 4, 1]);
  const point = ops.concat([from, ops.onesLike(column)], 2);
  const nothing = ops.zerosLike(point);
  const [x, y] = [0, 1].map((i) => ops.mul(ops.neg(ops.slice(to, [0, i], [4, 1])), from)) as [Output, Output];
  const pairs = ops.stack([ops.concat([point, nothing, x], 2), ops.concat([nothing, point, y], 2)], 2);
  const equations = ops.reshape(pairs, [-1, 8, 8]);
  const wanted = ops.mul(ops.reshape(to, [8, 1]), ops.onesLike(ops.slice(equations, [0, 0, 0], [-1, 8, 1])));
  return ops.squeeze(ops.matrixSolve(equations, wanted), 2);
}
