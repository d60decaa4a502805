import type { Output } from '../core/output.js';
import { Program, spec } from '../core/program.js';
import { formatShape } from '../core/shape.js';
import { type Tensor, type TensorLike, toTensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import * as ops from '../ops/index.js';
import { applyTransform, TRANSFORM_PARAMETERS } from './augmentation.js';
import type { BatchOptions } from './batch-options.js';
import { sameTarget } from './class-mode.js';
import { type DirectoryFlow, type DirectoryFlowOptions, openDirectory } from './directory-flow.js';
import { ImageFlow, type Preparation } from './image-flow.js';
import { PictureArrays } from './picture-arrays.js';
import {
  isRandom,
  type Pair,
  type RandomTransformOptions,
  randomTransform,
  type ShiftRange,
} from './random-transform.js';
import { FILL_MODES, type FillMode } from './sampling.js';
import { channelStatistics, type Standardization, standardize } from './standardize.js';

/** Keras' options, all off by default. */
export interface ImageDataGeneratorOptions {
  /** Subtracts each channel's mean over the data set; needs `fit`. */
  featurewiseCenter?: boolean;
  /** Subtracts each picture's own mean. */
  samplewiseCenter?: boolean;
  /** Divides by each channel's deviation over the data set; needs `fit`, includes `featurewiseCenter`. */
  featurewiseStdNormalization?: boolean;
  /** Divides by each picture's own deviation; includes `samplewiseCenter`. */
  samplewiseStdNormalization?: boolean;
  /** Degrees, either way. */
  rotationRange?: number;
  /** Below 1 a share of the width, else pixels; a whole number or a list is drawn from, another number ends a range. */
  widthShiftRange?: ShiftRange;
  /** As `widthShiftRange`, of the height. */
  heightShiftRange?: ShiftRange;
  /** 0 … 1 darkens, above 1 brightens: factors are drawn between the two. */
  brightnessRange?: Pair;
  /** Degrees, either way. */
  shearRange?: number;
  /** Two factors to draw between, or z for [1 − z, 1 + z]; above 1 shrinks. */
  zoomRange?: number | Pair;
  /** Added to all values, either way. */
  channelShiftRange?: number;
  /** What is seen beyond the edge. @default 'nearest' */
  fillMode?: FillMode;
  /** The value beyond the edge for `constant`. @default 0 */
  cval?: number;
  /** Mirrors half of the pictures left to right. */
  horizontalFlip?: boolean;
  /** Mirrors half of the pictures top to bottom. */
  verticalFlip?: boolean;
  /** Factor of every value, after augmentation: 1/255 brings bytes to 0 … 1. */
  rescale?: number | null;
  /** Share of the pictures set apart, between 0 and 1; see `subset`. */
  validationSplit?: number;
  /** 1: bilinear, 0: the nearest pixel. @default 1 */
  interpolationOrder?: 0 | 1;
  /** Seed of flows that have none of their own. */
  seed?: number;
}

const OPTIONS: readonly (keyof ImageDataGeneratorOptions)[] = [
  'featurewiseCenter',
  'samplewiseCenter',
  'featurewiseStdNormalization',
  'samplewiseStdNormalization',
  'rotationRange',
  'widthShiftRange',
  'heightShiftRange',
  'brightnessRange',
  'shearRange',
  'zoomRange',
  'channelShiftRange',
  'fillMode',
  'cval',
  'horizontalFlip',
  'verticalFlip',
  'rescale',
  'validationSplit',
  'interpolationOrder',
  'seed',
];

/** Values of one transformation: what `applyTransform` of a generator takes. Angles in degrees, shifts in pixels. */
export type PictureTransform = {
  readonly [K in (typeof TRANSFORM_PARAMETERS)[number]]?: K extends `flip${string}` ? boolean : number;
};

export interface ArrayFlowOptions extends BatchOptions {
  /** One weight per picture. */
  sampleWeight?: Tensor | TensorLike;
}

/**
 * Keras' ImageDataGenerator: batches of pictures, each one turned, shifted, sheared, zoomed, flipped and coloured at
 * random, and standardised. All of it runs in the graph, beside the training step.
 *
 * @throws ERR_UNKNOWN_NAME for an option nobody reads; ERR_ARGUMENT for a wrong value
 * @example
 * const augmented = imageDataGenerator({ rotationRange: 15, widthShiftRange: 0.2, horizontalFlip: true, rescale: 1 / 255 });
 * const flow = await augmented.flowFromDirectory('train', { targetSize: [32, 32], batchSize: 50 });
 */
export function imageDataGenerator(options: ImageDataGeneratorOptions = {}): ImageDataGenerator {
  return new ImageDataGenerator(options);
}

/** Made by {@link imageDataGenerator}. */
export class ImageDataGenerator {
  readonly #options: ImageDataGeneratorOptions;
  readonly #random: RandomTransformOptions;
  #statistics: { mean: Float32Array; std: Float32Array } | undefined;

  /** @internal */
  constructor(options: ImageDataGeneratorOptions) {
    checkOptions('imageDataGenerator', options, OPTIONS);
    this.#options = options;
    this.#random = randomOptions(options);
    checkSampling(options);
  }

  /**
   * Learns each channel's mean and deviation, for the feature-wise options. `rescale` is applied first, as it is to the
   * pictures later.
   *
   * @param x `[count, height, width, channels]`
   */
  async fit(x: Tensor | TensorLike): Promise<this> {
    const { rescale } = this.#options;
    const { mean, std } = await overPictures(x, (images) =>
      channelStatistics(rescale ? ops.mul(images, rescale) : images),
    );
    this.#statistics = { mean: Float32Array.from(mean.dataSync()), std: Float32Array.from(std.dataSync()) };
    return this;
  }

  /**
   * One known transformation of all pictures, with this generator's `fillMode`, `cval` and `interpolationOrder`.
   *
   * @param x `[n, height, width, channels]`
   * @returns float32, the same shape
   */
  async applyTransform(x: Tensor | TensorLike, transform: PictureTransform): Promise<Tensor<'float32'>> {
    checkOptions('applyTransform', transform, TRANSFORM_PARAMETERS);
    const parameters = Object.fromEntries(Object.entries(transform).map(([name, value]) => [name, Number(value)]));
    const { y } = await overPictures(x, (images) => ({ y: applyTransform(images, parameters, this.#options) }));
    return y;
  }

  /**
   * `rescale`, then the sample-wise and feature-wise normalisations.
   *
   * @param x `[n, height, width, channels]`
   * @returns float32, the same shape
   */
  async standardize(x: Tensor | TensorLike): Promise<Tensor<'float32'>> {
    const settings = this.#standardization();
    const { y } = await overPictures(x, (images) => ({ y: standardize(images, settings) }));
    return y;
  }

  /**
   * Batches of the pictures in a folder that has one sub-folder per class. Prints what was found.
   *
   * @throws ERR_DATA_EMPTY, ERR_ONE_CLASS; while it runs, ERR_DATA_PICTURE with the names of files that cannot be read
   * @example
   * const flow = await generator.flowFromDirectory('train', { targetSize: [32, 32], batchSize: 50 });
   * for await (const [x, y] of flow) console.log(x.shape, y.shape);   // [50, 32, 32, 3] [50, 8]
   */
  async flowFromDirectory(directory: string, options: DirectoryFlowOptions = {}): Promise<DirectoryFlow> {
    const { validationSplit = 0 } = this.#options;
    return openDirectory(directory, this.#withSeed(options), validationSplit, this.#preparation());
  }

  /**
   * Batches of pictures in memory.
   *
   * @param x `[count, height, width, channels]`, bytes or floats
   * @param y labels of any kind, `[count, ...]`
   * @throws ERR_SHAPE when x has another rank, or y or the weights other numbers of rows
   * @example
   * await model.fit(generator.flow(x, y, { batchSize: 50 }));
   */
  flow(x: Tensor | TensorLike, y?: Tensor | TensorLike, options: ArrayFlowOptions = {}): ImageFlow {
    checkOptions('flow', options, ['batchSize', 'shuffle', 'seed', 'sampleWeight']);
    const { sampleWeight, ...batches } = options;
    const images = pictureTensor('flow', x);
    const extras = [y, sampleWeight].filter((value) => value !== undefined).map((value) => toTensor(value));
    const arrays = [images, ...extras];
    checkRows(arrays);
    const [count = 0, height = 0, width = 0, channels = 0] = images.shape;
    const [inputs, ...extraSpecs] = arrays.map(({ dtype, shape }) => spec(dtype, [null, ...shape.slice(1)]));
    const pictures = new PictureArrays(
      count,
      [height, width, channels],
      inputs ? [inputs, ...extraSpecs] : [],
      async () => arrays,
    );
    return new ImageFlow(pictures, this.#preparation(), sameTarget(extraSpecs), this.#withSeed(batches));
  }

  #withSeed<T extends BatchOptions>(options: T): T {
    const { seed } = this.#options;
    return seed === undefined || options.seed !== undefined ? options : { ...options, seed };
  }

  #preparation(): Preparation {
    const random = this.#random;
    const sampling = this.#options;
    const settings = this.#standardization();
    return (images, stream) => {
      if (!isRandom(random)) return standardize(images, settings);
      const [, height, width] = images.shape as readonly [null, number, number];
      const count = ops.gather(ops.shape(images), 0);
      const parameters = randomTransform(random, stream, count, height, width);
      return standardize(applyTransform(images, parameters, sampling), settings);
    };
  }

  #standardization(): Standardization {
    const options = this.#options;
    const byDeviation = options.featurewiseStdNormalization ?? false;
    const featurewise = byDeviation || (options.featurewiseCenter ?? false);
    if (featurewise && !this.#statistics) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        'imageDataGenerator: the feature-wise options need the statistics of a data set; call `await generator.fit(pictures)` first.',
      );
    }
    return {
      rescale: options.rescale ?? undefined,
      samplewiseCenter: options.samplewiseCenter || options.samplewiseStdNormalization || false,
      samplewiseStdNormalization: options.samplewiseStdNormalization ?? false,
      mean: featurewise ? this.#statistics?.mean : undefined,
      std: byDeviation ? this.#statistics?.std : undefined,
    };
  }
}

/** Runs `build` once over pictures, as float32. */
async function overPictures<K extends string>(
  x: Tensor | TensorLike,
  build: (images: Output) => Record<K, Output>,
): Promise<Record<K, Tensor<'float32'>>> {
  using program = new Program();
  const images = pictureTensor('imageDataGenerator', x);
  const run = program.function('run', { x: spec(images.dtype, images.shape) }, ({ x }) =>
    build(ops.cast(x, 'float32')),
  );
  return (await run({ x: images })) as Record<K, Tensor<'float32'>>;
}

function pictureTensor(where: string, x: Tensor | TensorLike): Tensor {
  const images = toTensor(x);
  if (images.rank === 4) return images;
  throw new TensorFlowError(
    'ERR_SHAPE',
    `${where}: pictures are [count, height, width, channels], got ${formatShape(images.shape)}; add the missing axis by expandDims or reshape.`,
  );
}

function checkRows([first, ...others]: readonly Tensor[]): void {
  const odd = others.find(({ shape }) => shape[0] !== first?.shape[0]);
  if (!odd) return;
  throw new TensorFlowError(
    'ERR_SHAPE',
    `flow: x has ${first?.shape[0]} pictures, but y or sampleWeight is ${formatShape(odd.shape)}; give one row per picture.`,
  );
}

function randomOptions(options: ImageDataGeneratorOptions): RandomTransformOptions {
  const { zoomRange = 0, brightnessRange } = options;
  return {
    rotationRange: numberOption('rotationRange', options.rotationRange ?? 0),
    widthShiftRange: shiftOption('widthShiftRange', options.widthShiftRange ?? 0),
    heightShiftRange: shiftOption('heightShiftRange', options.heightShiftRange ?? 0),
    shearRange: numberOption('shearRange', options.shearRange ?? 0),
    zoomRange: typeof zoomRange === 'number' ? [1 - zoomRange, 1 + zoomRange] : pairOption('zoomRange', zoomRange),
    channelShiftRange: numberOption('channelShiftRange', options.channelShiftRange ?? 0),
    brightnessRange: brightnessRange && pairOption('brightnessRange', brightnessRange),
    horizontalFlip: options.horizontalFlip ?? false,
    verticalFlip: options.verticalFlip ?? false,
  };
}

function checkSampling({
  fillMode = 'nearest',
  interpolationOrder = 1,
  cval = 0,
  rescale,
  validationSplit = 0,
}: ImageDataGeneratorOptions): void {
  if (!FILL_MODES.includes(fillMode)) throw unknownName('fillMode', fillMode, FILL_MODES);
  if (interpolationOrder !== 0 && interpolationOrder !== 1)
    throw wrongOption('interpolationOrder', '0 or 1', interpolationOrder);
  if (!(validationSplit >= 0 && validationSplit < 1))
    throw wrongOption('validationSplit', 'between 0 and 1', validationSplit);
  numberOption('cval', cval);
  numberOption('rescale', rescale ?? 1);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function numberOption(name: string, value: number): number {
  if (isNumber(value)) return value;
  throw wrongOption(name, 'a number', value);
}

function shiftOption(name: string, range: ShiftRange): ShiftRange {
  if ([range].flat().every(isNumber)) return range;
  throw wrongOption(name, 'a number or a list of numbers', range);
}

function pairOption(name: string, range: Pair): Pair {
  if (Array.isArray(range) && range.length === 2 && range.every(isNumber)) return range;
  throw wrongOption(name, 'a pair of numbers', range);
}

function wrongOption(name: string, expected: string, value: unknown): TensorFlowError {
  return new TensorFlowError(
    'ERR_ARGUMENT',
    `imageDataGenerator: ${name} must be ${expected}, got ${JSON.stringify(value)}.`,
  );
}
