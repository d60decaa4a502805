import { constant } from '../core/constant.js';
import { jitCompiled } from '../core/jit.js';
import type { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import type { RandomStream } from '../core/random.js';
import { formatShape } from '../core/shape.js';
import { spec } from '../core/spec.js';
import { type Tensor, type TensorLike, toTensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import * as ops from '../ops/index.js';
import { opTypes } from '../ops/op-list.js';
import { applyTransform, TRANSFORM_PARAMETERS } from './augmentation.js';
import { type BatchOptions, chosenSeed } from './batch-options.js';
import { sameTarget } from './class-mode.js';
import { type DataFrameFlow, type DataFrameFlowOptions, type DataFrameRow, openDataFrame } from './data-frame-flow.js';
import { type DirectoryFlow, type DirectoryFlowOptions, openDirectory } from './directory-flow.js';
import { checkSubset, emptySubset, type FlowContext, type Subset } from './file-flow.js';
import {
  checkGeneratorOptions,
  type ImageDataGeneratorOptions,
  randomOptions,
} from './image-data-generator-options.js';
import { ImageFlow, type ImageFlowOptions, type Preparation } from './image-flow.js';
import { passStream } from './pass-random.js';
import { PictureArrays } from './picture-arrays.js';
import { SAVE_OPTIONS } from './picture-writer.js';
import type { ImageShape } from './pictures.js';
import { type HostPreprocessing, isTraced, preprocessOnHost, preprocessTraced } from './preprocessing-function.js';
import { isRandom, type RandomTransformOptions, randomTransform } from './random-transform.js';
import { channelStatistics, type Standardization, standardize } from './standardize.js';
import { whiteningMatrix } from './whitening.js';

/** Values of one transformation: what `applyTransform` of a generator takes. Angles in degrees, shifts in pixels. */
export type PictureTransform = {
  readonly [K in (typeof TRANSFORM_PARAMETERS)[number]]?: K extends `flip${string}` ? boolean : number;
};

export interface ArrayFlowOptions extends ImageFlowOptions {
  /** One weight per picture. */
  sampleWeight?: Tensor | TensorLike;
  /** The part that the generator's `validationSplit` sets apart, the first rows, or the rest. */
  subset?: Subset;
  /** Whether both parts may have different labels. @default false */
  ignoreClassSplit?: boolean;
}

export interface FitOptions {
  /** Whether to learn from pictures changed at random. @default false */
  augment?: boolean;
  /** With `augment`: how often each picture counts. @default 1 */
  rounds?: number;
  /** Of the changes. @default that of the generator */
  seed?: number;
}

/** What `fit` learns. */
interface Statistics {
  readonly mean: Float32Array | undefined;
  readonly std: Float32Array | undefined;
  readonly whitening: Float32Array | undefined;
}

const FLOW_OPTIONS = ['batchSize', 'shuffle', 'seed', 'sampleWeight', 'subset', 'ignoreClassSplit', ...SAVE_OPTIONS];

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
  #statistics: Statistics | undefined;

  /** @internal */
  constructor(options: ImageDataGeneratorOptions) {
    checkGeneratorOptions(options);
    this.#options = options;
    this.#random = randomOptions(options);
  }

  /**
   * Learns each channel's mean and deviation, and the whitening, for the options that need them. `rescale` is applied
   * first, as it is to the pictures later. Whitening takes a singular value decomposition of all values: quick for
   * pictures of a thousand values, minutes for ten thousand.
   *
   * @param x `[count, height, width, channels]`
   */
  async fit(x: Tensor | TensorLike, options: FitOptions = {}): Promise<this> {
    checkOptions('fit', options, ['augment', 'rounds', 'seed']);
    const { augment = false, rounds = 1, seed = this.#options.seed } = options;
    const { rescale, zcaWhitening, zcaEpsilon = 1e-6 } = this.#options;
    const drawn = chosenSeed(seed);
    const learned = await overPictures<string>(x, (images) => {
      const scaled = rescale ? ops.mul(images, rescale) : images;
      const seen = augment ? this.#augment(ops.tile(scaled, [rounds, 1, 1, 1]), onlyStream(drawn)) : scaled;
      const { mean, std } = channelStatistics(seen);
      return { mean, std, ...(zcaWhitening && { whitening: whiteningMatrix(ops.sub(seen, mean), zcaEpsilon) }) };
    });
    const values = (name: keyof Statistics) => {
      const found = learned[name];
      return found && Float32Array.from(found.dataSync());
    };
    this.#statistics = { mean: values('mean'), std: values('std'), whitening: values('whitening') };
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
   * A transformation of its own for each picture, drawn as for a flow.
   *
   * @param x `[n, height, width, channels]`
   * @param seed makes it repeatable; default: that of the generator, else drawn
   * @returns float32, the same shape
   */
  async randomTransform(x: Tensor | TensorLike, seed = this.#options.seed): Promise<Tensor<'float32'>> {
    const chosen = chosenSeed(seed);
    const { y } = await overPictures(x, (images) => ({
      y: this.#augment(images, onlyStream(chosen)),
    }));
    return y;
  }

  /**
   * `preprocessingFunction`, `rescale`, then the sample-wise and feature-wise normalisations.
   *
   * @param x `[n, height, width, channels]`
   * @returns float32, the same shape
   */
  async standardize(x: Tensor | TensorLike): Promise<Tensor<'float32'>> {
    const images = pictureTensor('standardize', x);
    const { onHost, standardize } = this.#preparation(images.shape.slice(1) as unknown as ImageShape);
    const prepared = onHost ? await preprocessOnHost(onHost, images) : images;
    const { y } = await overPictures(prepared, (images) => ({ y: standardize(images) }));
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
    return openDirectory(directory, this.#withSeed(options), this.#context());
  }

  /**
   * Batches of the pictures named in the rows of a table. Prints what was found.
   *
   * @param rows one object per picture: the name of its file, and its label, values or weight by the names of columns
   * @throws ERR_DATA_EMPTY when no row is left; ERR_LABELS for labels that do not fit the class mode; while it runs,
   *   ERR_DATA_PICTURE with the names of files that cannot be read
   * @example
   * const rows = [{ filename: 'rex.png', class: 'dog' }, { filename: 'tom.png', class: 'cat' }];
   * const flow = await generator.flowFromDataFrame(rows, { directory: 'pets', targetSize: [32, 32] });
   */
  async flowFromDataFrame(rows: readonly DataFrameRow[], options: DataFrameFlowOptions = {}): Promise<DataFrameFlow> {
    return openDataFrame(rows, this.#withSeed(options), this.#context());
  }

  /**
   * Batches of pictures in memory.
   *
   * @param x `[count, height, width, channels]`, bytes or floats
   * @param y labels of any kind, `[count, ...]`
   * @throws ERR_SHAPE when x has another rank, or y or the weights other numbers of rows; ERR_LABELS when the two subsets
   *   have different labels
   * @example
   * await model.fit(generator.flow(x, y, { batchSize: 50 }));
   */
  flow(x: Tensor | TensorLike, y?: Tensor | TensorLike, options: ArrayFlowOptions = {}): ImageFlow {
    checkOptions('flow', options, FLOW_OPTIONS);
    const { sampleWeight, subset, ignoreClassSplit = false, ...flowOptions } = options;
    if (sampleWeight !== undefined && y === undefined) throw weightsAlone();
    const images = pictureTensor('flow', x);
    const extras = [y, sampleWeight].filter((value) => value !== undefined).map((value) => toTensor(value));
    checkRows([images, ...extras]);
    const arrays = subset ? this.#part([images, ...extras], subset, ignoreClassSplit) : [images, ...extras];
    const [count = 0, height = 0, width = 0, channels = 0] = arrays[0]?.shape ?? [];
    const inputs = arrays.map(({ dtype, shape }) => spec(dtype, [null, ...shape.slice(1)]));
    const imageShape = [height, width, channels] as const;
    const pictures = new PictureArrays(count, imageShape, inputs, async () => arrays);
    const target = sameTarget(inputs.slice(1));
    return new ImageFlow(pictures, this.#preparation(imageShape), target, this.#withSeed(flowOptions));
  }

  /** The first rows are for validation, as Keras has it. */
  #part(arrays: readonly Tensor[], subset: Subset, ignoreClassSplit: boolean): Tensor[] {
    const { validationSplit = 0 } = this.#options;
    checkSubset('flow', subset, validationSplit);
    const count = arrays[0]?.shape[0] ?? 0;
    const held = Math.floor(count * validationSplit);
    const [, labels] = arrays;
    if (labels && !ignoreClassSplit) checkClassSplit(labels, held);
    const [begin, end] = subset === 'validation' ? [0, held] : [held, count];
    if (begin === end) throw emptySubset('flow', subset, validationSplit);
    return arrays.map((array) => array.rows(begin, end));
  }

  #withSeed<T extends BatchOptions>(options: T): T {
    const { seed } = this.#options;
    return seed === undefined || options.seed !== undefined ? options : { ...options, seed };
  }

  #context(): FlowContext {
    const { validationSplit = 0 } = this.#options;
    return { validationSplit, prepare: (imageShape) => this.#preparation(imageShape) };
  }

  #preparation(imageShape: ImageShape): Preparation {
    const settings = this.#standardization();
    const hasXla = opTypes().includes('XlaLaunch');
    const augment: Preparation['augment'] = (images, stream) => this.#augment(images, stream, hasXla);
    const fn = this.#options.preprocessingFunction;
    if (!fn) return { augment, standardize: (images) => standardize(images, settings) };
    if (!isTraced(fn, imageShape)) {
      return { augment, onHost: fn as HostPreprocessing, standardize: (images) => standardize(images, settings) };
    }
    return { augment, standardize: (images) => standardize(preprocessTraced(fn, images), settings) };
  }

  /** @param compile worth its time where many batches follow */
  #augment(images: Output, stream: RandomStream, compile = false): Output {
    if (!isRandom(this.#random)) return ops.cast(images, 'float32');
    const [, height, width] = images.shape as readonly [null, number, number];
    const count = ops.gather(ops.shape(images), 0);
    const parameters = randomTransform(this.#random, stream, count, height, width);
    if (!compile) return applyTransform(images, parameters, this.#options);
    // Why exact: compiled, it takes a quarter of the time of the library's one op, which is less so.
    return jitCompiled('affine', () => applyTransform(images, parameters, this.#options, 'exact'));
  }

  #standardization(): Standardization {
    const options = this.#options;
    const { zcaWhitening = false } = options;
    const byDeviation = !zcaWhitening && (options.featurewiseStdNormalization ?? false);
    const featurewise = zcaWhitening || byDeviation || (options.featurewiseCenter ?? false);
    if (featurewise && !this.#statistics) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        'imageDataGenerator: the feature-wise options and zcaWhitening need the statistics of a data set; call `await generator.fit(pictures)` first.',
      );
    }
    return {
      rescale: options.rescale ?? undefined,
      samplewiseCenter: options.samplewiseCenter || options.samplewiseStdNormalization || false,
      samplewiseStdNormalization: options.samplewiseStdNormalization ?? false,
      mean: featurewise ? this.#statistics?.mean : undefined,
      std: byDeviation ? this.#statistics?.std : undefined,
      whitening: zcaWhitening ? this.#statistics?.whitening : undefined,
    };
  }
}

/** The random numbers of pictures that belong to no pass. */
function onlyStream(seed: number): RandomStream {
  const zero = constant(0n, 'int64');
  return passStream(seed, zero, zero);
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

/** Keras' guard against data sorted by label. */
function checkClassSplit(labels: Tensor, held: number): void {
  const kinds = (begin: number, end: number) =>
    new Set<unknown>(labels.rows(begin, end).dataSync() as Iterable<unknown>);
  const [first, rest] = [kinds(0, held), kinds(held, labels.shape[0] ?? 0)];
  if (first.size === rest.size && [...first].every((label) => rest.has(label))) return;
  throw new TensorFlowError(
    'ERR_LABELS',
    'flow: the training and validation subsets have different labels; shuffle the rows first, or pass ignoreClassSplit: true.',
  );
}

function weightsAlone(): TensorFlowError {
  return new TensorFlowError('ERR_ARGUMENT', 'flow: sampleWeight needs labels beside it; give y.');
}
