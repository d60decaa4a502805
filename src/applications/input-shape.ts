import { formatShape, type PartialShape } from '../core/shape.js';
import { TensorFlowError } from '../errors/errors.js';

/** What a network asks of its pictures. */
export interface PictureSize {
  /** Height and width where nothing is said. */
  readonly size: number;
  /** Least height and width. */
  readonly minSize: number;
  /** Heights and widths for which there are ImageNet weights. Default: `size`. */
  readonly sizes?: readonly number[];
  /** Whether a classifier, too, takes pictures of any size. Default false. */
  readonly anySize?: boolean;
}

export interface ShapeWanted {
  readonly inputShape: PartialShape | undefined;
  readonly includeTop: boolean;
  readonly weights: string | null;
}

/** Height and width of the ImageNet weights that go with a shape. */
export function weightsSize({ size, sizes = [size] }: PictureSize, [rows, columns]: PartialShape): number {
  return rows != null && rows === columns && sizes.includes(rows) ? rows : size;
}

/**
 * `[rows, columns, channels]` of the pictures; without a classifier, rows and columns may stay open (Keras
 * `obtain_input_shape`).
 *
 * @throws ERR_SHAPE for a shape the network, or its weights, cannot take
 */
export function pictureShape(name: string, wanted: ShapeWanted, allowed: PictureSize): PartialShape {
  const { inputShape, weights } = wanted;
  const fixed = wanted.includeTop && !allowed.anySize;
  if (inputShape === undefined) return fixed ? [allowed.size, allowed.size, 3] : [null, null, 3];
  const refuse = (expected: string): TensorFlowError =>
    new TensorFlowError('ERR_SHAPE', `${name}: inputShape must be ${expected}, got ${formatShape(inputShape)}.`);
  const [rows = null, columns = null, channels] = inputShape;
  if (inputShape.length !== 3 || channels == null) throw refuse('[rows, columns, channels]');
  const { minSize } = allowed;
  if ([rows, columns].some((length) => length !== null && (!Number.isInteger(length) || length < minSize))) {
    throw refuse(`at least [${minSize}, ${minSize}, channels], in whole numbers`);
  }
  if (weights === 'imagenet' && channels !== 3) throw refuse("of 3 channels with weights: 'imagenet'");
  if (fixed && [rows, columns].includes(null)) throw refuse('without open lengths where includeTop is true');
  const own = weightsSize(allowed, inputShape);
  if (weights === 'imagenet' && fixed && (rows !== own || columns !== own)) {
    throw refuse(`[${own}, ${own}, 3] with weights: 'imagenet' and includeTop: true`);
  }
  return inputShape;
}
