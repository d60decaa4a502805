import { constant } from '../core/constant.js';
import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import { spec, type TensorSpec } from '../core/spec.js';
import { type Tensor, tensor } from '../core/tensor.js';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';
import { type ColorMode, channelsOf, decodePicture, type Interpolation, middleBox, resizePicture } from './decode.js';
import { GraphDataset } from './graph-dataset.js';
import { scalar64 } from './host-values.js';
import { mayBeHeld, uprightByExif } from './orientation.js';
import { ascending } from './pass-random.js';
import { convertedFormat } from './picture-bytes.js';
import { withinLimit } from './picture-header.js';
import type { ImageShape, Pictures } from './pictures.js';
import { readDataset } from './read-dataset.js';
import { isEnd } from './source.js';

export interface PictureFilesOptions {
  files: readonly string[];
  /** What errors call them. */
  names: readonly string[];
  /** What belongs to the files, such as labels: a row for each. */
  extras: readonly Tensor[];
  /** Height and width that every picture is brought to. */
  targetSize: readonly [height: number, width: number];
  colorMode: ColorMode;
  interpolation: Interpolation;
  /** Whether the middle of a picture is cut out in the shape of `targetSize` before it is resized. */
  keepAspectRatio: boolean;
  /** Whether photographs are turned as their EXIF data says, where names end as those of JPEGs do. */
  autoOrient: boolean;
  /** Pictures of more pixels are refused before they are decoded. */
  maxPixels: number;
}

const POSITION = spec('int64', []);
/** Readable files found by one run. */
const CHECKED_AT_ONCE = 1024;
/** How many files an error names. */
const NAMED = 3;

/** Pictures that are read from their files when their turn comes. */
export class PictureFiles implements Pictures {
  readonly count: number;
  readonly imageShape: ImageShape;
  /** Paths, and what belongs to them. */
  readonly inputs: readonly TensorSpec[];
  readonly #options: PictureFilesOptions;
  readonly #turning: boolean;
  #values: readonly Tensor[] | undefined;

  constructor(options: PictureFilesOptions) {
    this.count = options.files.length;
    this.imageShape = [...options.targetSize, channelsOf(options.colorMode)];
    this.inputs = [
      spec('string', [null]),
      ...options.extras.map(({ dtype, shape }) => spec(dtype, [null, ...shape.slice(1)])),
    ];
    this.#options = options;
    this.#turning = options.autoOrient && mayBeHeld(options.files);
  }

  async values(): Promise<readonly Tensor[]> {
    const { files, extras } = this.#options;
    this.#values ??= [tensor(files, [this.count], 'string'), ...extras];
    return this.#values;
  }

  batches(program: Program, inputs: readonly Output[], order: Output, batchSize: number): GraphDataset {
    const rows = this.inputs.slice(1).map(({ dtype, shape }) => spec(dtype, shape.slice(1)));
    const elements = [POSITION, spec('uint8', this.imageShape), ...rows];
    const [paths, ...extras] = inputs as [Output, ...Output[]];
    const positions = GraphDataset.range(program, ops.size(order, { outType: 'int64' }));
    return positions.mapAndBatch(elements, batchSize, (position) => {
      const index = ops.gather(order, position);
      return [position, this.#read(ops.gather(paths, index)), ...extras.map((extra) => ops.gather(extra, index))];
    });
  }

  /** All of them, decoded, in the order of the files: uint8 `[count, h, w, c]`, and what belongs to them. */
  async decodeAll(): Promise<Tensor[]> {
    const all = readDataset(this.inputs, await this.values(), (program, inputs) =>
      this.batches(program, inputs, ascending(constant(scalar64(this.count))), this.count),
    );
    try {
      for await (const [, ...picturesAndExtras] of all) return picturesAndExtras;
    } catch (failure) {
      throw await this.explain(failure);
    }
    return [];
  }

  /** Indices of the files that are no pictures the library can read. Decodes all of them. */
  async unreadable(): Promise<number[]> {
    const unreadable = new Set(Array.from({ length: this.count }, (_, index) => index));
    const readable = readDataset(this.inputs, await this.values(), (program, inputs) =>
      GraphDataset.range(program, this.count)
        // Why its largest value: nothing is decoded of which nothing is used.
        .map([POSITION, spec('uint8', [])], (index) => [
          index,
          ops.max(this.#read(ops.gather(inputs[0] as Output, index))),
        ])
        .ignoreErrors()
        .batch(CHECKED_AT_ONCE),
    );
    for await (const [indices] of readable) {
      for (const index of (indices as Tensor<'int64'>).dataSync()) unreadable.delete(Number(index));
    }
    return [...unreadable];
  }

  async explain(failure: unknown): Promise<unknown> {
    if (isEnd(failure)) return failure;
    const bad = await this.unreadable();
    if (bad.length === 0) return failure;
    const [reason = ''] = messageOf(failure).split('\n');
    const { files, names } = this.#options;
    const named = bad.slice(0, NAMED).map((index) => names[index]);
    const more = bad.length > NAMED ? ` and ${bad.length - NAMED} more` : '';
    const format = await convertedFormat(files[bad[0] as number] as string);
    const rename = format === undefined ? '' : `rename it, since it is a ${format}, `;
    return new TensorFlowError(
      'ERR_DATA_PICTURE',
      `${named.join(', ')}${more} cannot be read as a picture (${reason}); ${rename}remove it or pass onError: 'skip'.`,
      { cause: failure },
    );
  }

  #read(path: Output): Output {
    const { targetSize, colorMode, interpolation, keepAspectRatio, maxPixels } = this.#options;
    const contents = ops.readFile(path);
    const decoded = decodePicture(withinLimit(contents, constant(BigInt(maxPixels), 'int64')), colorMode);
    const picture = this.#turning ? uprightByExif(contents, decoded) : decoded;
    const size = constant(Int32Array.from(targetSize));
    const box = keepAspectRatio ? middleBox(picture, targetSize) : undefined;
    return ops.ensureShape(resizePicture(picture, size, interpolation, box), { shape: this.imageShape });
  }
}
