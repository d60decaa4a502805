import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { type KernelOptions, kernelOptionNames, LayerWithKernel } from '../layer-with-kernel.js';
import { checkDataFormat, opPadding, type Pair, parsePadding, tuple } from '../pairs.js';

export interface Conv2DOptions extends KernelOptions {
  /** Number of output channels. */
  filters: number;
  kernelSize: Pair;
  /** Default 1. */
  strides?: Pair;
  /** `valid` (default) or `same`. */
  padding?: string;
  dataFormat?: string | null;
  /** Default 1. */
  dilationRate?: Pair;
  /** Channels are split into so many groups, each with its own filters. Default 1. */
  groups?: number;
}

/**
 * Convolution over rows and columns (Keras `Conv2D`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, rows', columns', filters]`.
 *
 * @example
 * conv2d({ filters: 32, kernelSize: [3, 3], padding: 'same', activation: 'relu' });
 */
export class Conv2D extends LayerWithKernel {
  static override readonly className = 'Conv2D';
  static override readonly optionNames = [
    'filters',
    'kernelSize',
    'strides',
    'padding',
    'dataFormat',
    'dilationRate',
    'groups',
    ...kernelOptionNames,
  ];

  readonly filters: number;
  readonly kernelSize: number[];
  readonly strides: number[];
  readonly padding: 'valid' | 'same';
  readonly dilationRate: number[];
  readonly groups: number;
  #kernel!: Variable;
  #bias: Variable | undefined;

  constructor(options: Conv2DOptions) {
    super(options);
    const where = `Conv2D '${this.name}'`;
    checkDataFormat(where, options.dataFormat);
    this.filters = tuple(`${where}: filters`, options.filters, 1)[0] as number;
    this.kernelSize = tuple(`${where}: kernelSize`, options.kernelSize, 2);
    this.strides = tuple(`${where}: strides`, options.strides ?? 1, 2);
    this.padding = parsePadding(where, options.padding ?? 'valid');
    this.dilationRate = tuple(`${where}: dilationRate`, options.dilationRate ?? 1, 2);
    this.groups = tuple(`${where}: groups`, options.groups ?? 1, 1)[0] as number;
    if (this.filters % this.groups !== 0) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${where}: ${this.filters} filters do not divide into ${this.groups} groups.`,
      );
    }
  }

  override build(inputShape: Shape): void {
    const channels = inputShape?.length === 4 ? inputShape[3] : undefined;
    if (channels == null || channels % this.groups !== 0) {
      throw this.shapeError(
        `[batch, rows, columns, channels] with channels divisible by ${this.groups}`,
        formatKerasShape(inputShape),
        'Reshape the input, or add a channel axis with expandDims(-1).',
      );
    }
    this.#kernel = this.addKernel([...this.kernelSize, channels / this.groups, this.filters]);
    this.#bias = this.addBias([this.filters]);
  }

  override call(x: Output): Output {
    const kernel = this.#kernel.read();
    return this.finish(this.groups === 1 ? this.#convolve(x, kernel) : this.#convolveGroups(x, kernel), this.#bias);
  }

  #convolve(x: Output, kernel: Output): Output {
    return ops.conv2d(x, kernel, {
      strides: [1, ...this.strides, 1],
      padding: opPadding(this.padding),
      dilations: [1, ...this.dilationRate, 1],
    });
  }

  /** Why: the library has no gradient of a grouped convolution on CPUs, so each group is one of its own. */
  #convolveGroups(x: Output, kernel: Output): Output {
    const xs = ops.split(x, this.groups, -1);
    const kernels = ops.split(kernel, this.groups, -1);
    return ops.concat(
      xs.map((part, i) => this.#convolve(part, kernels[i] as Output)),
      -1,
    );
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernel_size: this.kernelSize,
      strides: this.strides,
      padding: this.padding,
      data_format: 'channels_last',
      dilation_rate: this.dilationRate,
      groups: this.groups,
      ...this.kernelConfig(),
    };
  }
}
