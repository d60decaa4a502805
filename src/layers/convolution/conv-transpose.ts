import type { Output } from '../../core/output.js';
import { formatKerasShape, knownRank, type Shape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { channelAxis, channelsLast, type DataFormat, layout, parseDataFormat } from '../data-format.js';
import { type KernelOptions, kernelOptionNames, LayerWithKernel } from '../layer-with-kernel.js';
import { type Pair, positive, tuple } from '../pairs.js';
import { convolveTransposed, reaches } from './convolve.js';
import {
  type Geometry,
  type GeometryOptions,
  geometryConfig,
  geometryOptionNames,
  parseGeometry,
  refuseStridesWithDilation,
} from './geometry.js';

export interface ConvTransposeOptions extends KernelOptions, GeometryOptions {
  /** Number of output channels. */
  filters: number;
  /** Elements added at the end of each axis of the output; below the stride. Default: what makes `length · stride` with padding `same`. */
  outputPadding?: Pair | null;
  /** `channels_last` (default) or `channels_first`. */
  dataFormat?: string | null;
}

/** Fractionally strided convolution over one, two or three axes: what Conv1DTranspose, Conv2DTranspose and Conv3DTranspose share. */
export abstract class ConvTranspose extends LayerWithKernel {
  static override readonly optionNames: readonly string[] = [
    'filters',
    'outputPadding',
    ...geometryOptionNames,
    ...kernelOptionNames,
  ];
  /** Number of axes the kernel moves over. */
  static readonly rank: number = 2;

  readonly filters: number;
  readonly geometry: Geometry;
  readonly outputPadding: readonly number[] | null;
  readonly dataFormat: DataFormat;
  #kernel!: Variable;
  #bias: Variable | undefined;

  constructor(options: ConvTransposeOptions) {
    super(options);
    const { className, rank } = this.constructor as typeof ConvTranspose;
    const where = `${className} '${this.name}'`;
    this.dataFormat = parseDataFormat(where, options.dataFormat);
    this.filters = positive(`${where}: filters`, options.filters);
    this.geometry = parseGeometry(where, rank, options);
    refuseStridesWithDilation(where, this.geometry);
    this.outputPadding =
      options.outputPadding == null ? null : tuple(`${where}: outputPadding`, options.outputPadding, rank, 0);
    if (this.outputPadding?.some((padding, i) => padding >= (this.geometry.strides[i] as number))) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${where}: outputPadding must be below strides [${this.geometry.strides}], got [${this.outputPadding}].`,
      );
    }
  }

  override build(inputShape: Shape): void {
    const { rank } = this.constructor as typeof ConvTranspose;
    const channels = inputShape?.length === rank + 2 ? inputShape.at(channelAxis(this.dataFormat)) : undefined;
    if (channels == null) {
      throw this.shapeError(
        `${layout(this.dataFormat, rank)} with known channels`,
        formatKerasShape(inputShape),
        'Reshape the input, or add a channel axis with expandDims(-1).',
      );
    }
    this.#kernel = this.addKernel([...this.geometry.kernelSize, this.filters, channels]);
    this.#bias = this.addBias([this.filters]);
  }

  override call(x: Output): Output {
    const kernel = this.#kernel.read();
    const y = channelsLast(this.dataFormat, x, (last) => this.offset(this.#transposed(last, kernel), this.#bias));
    return this.activation.apply(y);
  }

  #transposed(x: Output, kernel: Output): Output {
    const [batch = null, ...rest] = knownRank(this.name, x.shape);
    const lengths = rest.slice(0, -1);
    const known = lengths.map((length, i) => (length === null ? null : this.#lengthAfter(length, i)));
    const nodes = known.map((length, i) => length ?? this.#lengthNode(x, i));
    const y = convolveTransposed(x, kernel, this.geometry, ops.stack(nodes, 0));
    return y.setShape([batch, ...known, this.filters]);
  }

  #lengthNode(x: Output, axis: number): Output {
    const { strides } = this.geometry;
    const scaled = ops.mul(ops.gather(ops.shape(x), axis + 1), strides[axis] as number);
    return ops.add(scaled, this.#lengthAfter(0, axis));
  }

  /** Keras' length of the output along an axis; linear in the input's. */
  #lengthAfter(length: number, axis: number): number {
    const { strides, padding } = this.geometry;
    const [stride, reach] = [strides[axis] as number, reaches(this.geometry)[axis] as number];
    const more = this.outputPadding?.[axis];
    if (padding === 'valid') return (length - 1) * stride + reach + (more ?? Math.max(stride - reach, 0));
    return more === undefined ? length * stride : (length - 1) * stride + (reach % 2) + more;
  }

  override getConfig(): Record<string, unknown> {
    return {
      activity_regularizer: null,
      ...super.getConfig(),
      filters: this.filters,
      ...geometryConfig(this.geometry),
      output_padding: this.outputPadding,
      data_format: this.dataFormat,
      ...this.kernelConfig(),
    };
  }
}
