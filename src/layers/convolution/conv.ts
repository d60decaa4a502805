import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import { channelAxis, channelsLast, type DataFormat, layout, parseDataFormat } from '../data-format.js';
import { type KernelOptions, kernelOptionNames, LayerWithKernel } from '../layer-with-kernel.js';
import { positive } from '../pairs.js';
import { convolveGroups } from './convolve.js';
import {
  type Geometry,
  type GeometryOptions,
  geometryConfig,
  geometryOptionNames,
  parseGeometry,
  refuseStridesWithDilation,
} from './geometry.js';

export interface ConvOptions extends KernelOptions, GeometryOptions {
  /** Number of output channels. */
  filters: number;
  /** Channels are split into so many groups, each with its own filters. Default 1. */
  groups?: number;
  /** `channels_last` (default) or `channels_first`. */
  dataFormat?: string | null;
}

/** Convolution over one, two or three axes: what Conv1D, Conv2D and Conv3D share. */
export abstract class Conv extends LayerWithKernel {
  static override readonly optionNames: readonly string[] = [
    'filters',
    'groups',
    ...geometryOptionNames,
    ...kernelOptionNames,
  ];
  /** Number of axes the kernel moves over. */
  static readonly rank: number = 2;

  readonly filters: number;
  readonly groups: number;
  readonly geometry: Geometry;
  readonly dataFormat: DataFormat;
  #kernel!: Variable;
  #bias: Variable | undefined;

  constructor(options: ConvOptions) {
    super(options);
    const { className, rank } = this.constructor as typeof Conv;
    const where = `${className} '${this.name}'`;
    this.dataFormat = parseDataFormat(where, options.dataFormat);
    this.filters = positive(`${where}: filters`, options.filters);
    this.groups = positive(`${where}: groups`, options.groups ?? 1);
    this.geometry = parseGeometry(where, rank, options, true);
    refuseStridesWithDilation(where, this.geometry);
    if (this.filters % this.groups !== 0) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${where}: ${this.filters} filters do not divide into ${this.groups} groups.`,
      );
    }
  }

  override build(inputShape: Shape): void {
    const { rank } = this.constructor as typeof Conv;
    const channels = inputShape?.length === rank + 2 ? inputShape.at(channelAxis(this.dataFormat)) : undefined;
    if (channels == null || channels % this.groups !== 0) {
      throw this.shapeError(
        `${layout(this.dataFormat, rank)} with ${this.groups === 1 ? 'known channels' : `channels divisible by ${this.groups}`}`,
        formatKerasShape(inputShape),
        'Reshape the input, or add a channel axis with expandDims(-1).',
      );
    }
    this.#kernel = this.addKernel([...this.geometry.kernelSize, channels / this.groups, this.filters]);
    this.#bias = this.addBias([this.filters]);
  }

  override call(x: Output): Output {
    const kernel = this.#kernel.read();
    const y = channelsLast(this.dataFormat, x, (last) =>
      this.offset(convolveGroups(last, kernel, this.geometry, this.groups), this.#bias),
    );
    return this.activation.apply(y);
  }

  override getConfig(): Record<string, unknown> {
    return {
      activity_regularizer: null,
      ...super.getConfig(),
      filters: this.filters,
      ...geometryConfig(this.geometry),
      data_format: this.dataFormat,
      groups: this.groups,
      ...this.kernelConfig(),
    };
  }
}
