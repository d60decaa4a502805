import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
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
  /** What is added to each output length; less than the stride. Default: as much as the input may have lost. */
  outputPadding?: Pair | null;
  /** `channels_last` (default) or `channels_first`. */
  dataFormat?: string | null;
}

/** The way back of a convolution over one, two or three axes: what the transposed ones share. */
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
    const { outputPadding = null } = options;
    this.dataFormat = parseDataFormat(where, options.dataFormat);
    this.filters = positive(`${where}: filters`, options.filters);
    this.geometry = parseGeometry(where, rank, options);
    refuseStridesWithDilation(where, this.geometry);
    this.outputPadding = outputPadding === null ? null : tuple(`${where}: outputPadding`, outputPadding, rank, 0);
    this.#checkOutputPadding(where);
  }

  /** A convolution must bring the output's lengths back to the input's. */
  #checkOutputPadding(where: string): void {
    const { strides, padding } = this.geometry;
    const spans = reaches(this.geometry);
    for (const [i, extra] of (this.outputPadding ?? []).entries()) {
      const stride = strides[i] as number;
      const least = padding === 'same' && (spans[i] as number) % 2 === 0 ? 1 : 0;
      if (extra >= least && extra < stride) continue;
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${where}: outputPadding must be at least ${least} and less than the stride of ${stride}, got ${extra}.`,
      );
    }
  }

  override build(inputShape: Shape): void {
    const { rank } = this.constructor as typeof ConvTranspose;
    const channels = inputShape?.length === rank + 2 ? inputShape.at(channelAxis(this.dataFormat)) : undefined;
    if (channels == null) {
      throw this.shapeError(
        `${layout(this.dataFormat, rank)} with a known number of channels`,
        formatKerasShape(inputShape),
        'Reshape the input, or add a channel axis with expandDims(-1).',
      );
    }
    this.#kernel = this.addKernel([...this.geometry.kernelSize, this.filters, channels]);
    this.#bias = this.addBias([this.filters]);
  }

  override call(x: Output): Output {
    const kernel = this.#kernel.read();
    const y = channelsLast(this.dataFormat, x, (last) => {
      const { factors, extra } = this.#growth();
      const shape = last.shape ?? [];
      const lengths = ops.slice(ops.shape(last), [1], [factors.length]);
      const grown = convolveTransposed(last, kernel, this.geometry, ops.add(ops.mul(lengths, factors), extra));
      const known = factors.map((factor, i) => {
        const length = shape[i + 1];
        return length == null ? null : length * factor + (extra[i] as number);
      });
      return this.offset(grown.setShape([shape[0] ?? null, ...known, this.filters]), this.#bias);
    });
    return this.activation.apply(y);
  }

  /** An output length is input length · factor + extra (Keras' rule). */
  #growth(): { factors: number[]; extra: number[] } {
    const { strides, padding } = this.geometry;
    const extra = reaches(this.geometry).map((span, i) => {
      const stride = strides[i] as number;
      const added = this.outputPadding?.[i];
      if (added === undefined) return padding === 'same' ? 0 : Math.max(span - stride, 0);
      return (padding === 'same' ? span % 2 : span) - stride + added;
    });
    return { factors: [...strides], extra };
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
