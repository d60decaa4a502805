import type { Output } from '../../core/output.js';
import { formatKerasShape, knownRank, type Shape } from '../../core/shape.js';
import { type Activation, getActivation, type NamedActivation } from '../../nn/activations.js';
import * as ops from '../../ops/index.js';
import { convolve, reaches } from '../convolution/convolve.js';
import {
  type Geometry,
  type GeometryOptions,
  geometryConfig,
  geometryOptionNames,
  parseGeometry,
  refuseStridesWithDilation,
} from '../convolution/geometry.js';
import { channelsLast, type DataFormat, layout, parseDataFormat } from '../data-format.js';
import type { WeightOptions } from '../layer.js';
import { type CellOptions, cellOptionNames, GatedCell, openForgetGate, type Pass } from './gated-cell.js';
import type { Recurrence } from './recurrent-cell.js';

export interface ConvLSTMCellOptions extends CellOptions, GeometryOptions {
  /** Number of output channels. */
  filters: number;
  /** `channels_last` (default) or `channels_first`. */
  dataFormat?: string | null;
  /** Of the gates. Default `sigmoid`. */
  recurrentActivation?: string | Activation | null;
  /** Whether the bias of the forget gate starts at 1. Default true. */
  unitForgetBias?: boolean;
}

/** One step of a long short-term memory whose products are convolutions, over one, two or three axes. */
export abstract class ConvLSTMCell extends GatedCell {
  static override readonly optionNames: readonly string[] = [
    'filters',
    'recurrentActivation',
    'unitForgetBias',
    ...geometryOptionNames,
    ...cellOptionNames,
  ];
  protected static override readonly gates = 4;
  /** Number of axes the kernel moves over. */
  static readonly rank: number = 2;

  readonly recurrentActivation: NamedActivation;
  readonly unitForgetBias: boolean;
  readonly dataFormat: DataFormat;
  readonly geometry: Geometry;
  /** Of the states, without batch and channels. */
  #lengths: readonly number[] = [];

  constructor(options: ConvLSTMCellOptions) {
    super(options as CellOptions, ['filters', options.filters]);
    const { recurrentActivation = 'sigmoid' } = options;
    this.recurrentActivation = getActivation(recurrentActivation ?? 'linear');
    this.unitForgetBias = options.unitForgetBias ?? true;
    this.dataFormat = parseDataFormat(this.where, options.dataFormat);
    this.geometry = parseGeometry(this.where, this.rank, options);
    refuseStridesWithDilation(this.where, this.geometry);
  }

  get rank(): number {
    return (this.constructor as typeof ConvLSTMCell).rank;
  }

  get filters(): number {
    return this.units;
  }

  override get stateShapes(): readonly (readonly number[])[] {
    const last = this.dataFormat === 'channels_last';
    const shape = last ? [...this.#lengths, this.filters] : [this.filters, ...this.#lengths];
    return [shape, shape];
  }

  protected override get dropCount(): number {
    return this.gates;
  }

  protected override weightShapes(inputShape: Shape): { kernel: number[]; recurrent: number[] } {
    const [, ...rest] = inputShape ?? [];
    const last = this.dataFormat === 'channels_last';
    const channels = last ? rest.at(-1) : rest[0];
    const lengths = last ? rest.slice(0, -1) : rest.slice(1);
    if (channels == null || !isKnown(lengths) || lengths.length !== this.rank) {
      const wayOut = 'Give the model an input shape.';
      throw this.shapeError(
        `${layout(this.dataFormat, this.rank)} of known lengths`,
        formatKerasShape(inputShape),
        wayOut,
      );
    }
    this.#lengths = this.#after(lengths);
    const { kernelSize } = this.geometry;
    const columns = 4 * this.filters;
    return { kernel: [...kernelSize, channels, columns], recurrent: [...kernelSize, this.filters, columns] };
  }

  /** Lengths after the convolution of the input. */
  #after(lengths: readonly number[]): number[] {
    const { padding, strides } = this.geometry;
    const spans = reaches(this.geometry);
    return lengths.map((length, i) => {
      const starts = padding === 'same' ? length : length - (spans[i] as number) + 1;
      return Math.ceil(starts / (strides[i] as number));
    });
  }

  protected override biasOptions(options: WeightOptions): WeightOptions {
    return this.unitForgetBias ? { ...options, initializer: openForgetGate(options.initializer) } : options;
  }

  protected override recurrence({ kernel, recurrent, bias, dropInput, dropState }: Pass): Recurrence {
    const once = Array<number>(this.rank).fill(1);
    const still: Geometry = { ...this.geometry, strides: once, dilationRate: once, padding: 'same' };
    return {
      project: (x) => {
        const y = this.#convolve(x, kernel, dropInput, this.geometry);
        return bias ? ops.add(y, this.#alongChannels(bias)) : y;
      },
      step: (x, states) => {
        const [h, c] = states as [Output, Output];
        const sums = ops.add(x, this.#convolve(h, recurrent, dropState, still));
        const [i, f, value, o] = ops.split(sums, 4, this.#channels) as [Output, Output, Output, Output];
        const gate = this.recurrentActivation.apply;
        const next = ops.add(ops.mul(gate(f), c), ops.mul(gate(i), this.activation.apply(value)));
        const output = ops.mul(gate(o), this.activation.apply(next));
        return [output, output, next];
      },
    };
  }

  /** The axis of the channels, from the end. */
  get #channels(): number {
    return this.dataFormat === 'channels_last' ? -1 : -1 - this.rank;
  }

  #alongChannels(bias: Output): Output {
    return this.dataFormat === 'channels_last' ? bias : ops.reshape(bias, [-1, ...Array<number>(this.rank).fill(1)]);
  }

  /** Of one step, or of all `[steps, batch, …]`; where there is a factor for each gate, each has its own input. */
  #convolve(x: Output, weight: Output, drop: readonly Output[], geometry: Geometry): Output {
    const apply = (pictures: Output, kernel: Output): Output =>
      channelsLast(this.dataFormat, pictures, (last) => convolve(last, kernel, geometry));
    if (drop.length === 0) return this.#eachPicture(x, (pictures) => apply(pictures, weight));
    const weights = ops.split(weight, drop.length, -1);
    const parts = drop.map((factor, i) =>
      this.#eachPicture(ops.mul(x, factor), (pictures) => apply(pictures, weights[i] as Output)),
    );
    return ops.concat(parts, this.#channels);
  }

  /** Steps and batch as one axis. */
  #eachPicture(x: Output, apply: (pictures: Output) => Output): Output {
    const shape = knownRank('ConvLSTM', x.shape);
    if (shape.length === this.rank + 2) return apply(x);
    const inside = shape.slice(2).map((d) => d ?? -1);
    const y = apply(ops.reshape(x, [-1, ...inside]));
    const after = knownRank('ConvLSTM', y.shape).slice(1);
    const leading = ops.slice(ops.shape(x), [0], [2]);
    return ops
      .reshape(y, ops.concat([leading, Int32Array.from(after, (d) => d ?? -1)], 0))
      .setShape([...shape.slice(0, 2), ...after]);
  }

  override cellConfig(): Record<string, unknown> {
    const { units: filters, ...config } = super.cellConfig();
    return {
      filters,
      ...config,
      ...geometryConfig(this.geometry),
      data_format: this.dataFormat,
      recurrent_activation: this.recurrentActivation.name,
      unit_forget_bias: this.unitForgetBias,
    };
  }
}

/** The cell of ConvLSTM1D. */
export class ConvLSTM1DCell extends ConvLSTMCell {
  static override readonly className = 'ConvLSTM1DCell';
  static override readonly rank = 1;
}

/** The cell of ConvLSTM2D. */
export class ConvLSTM2DCell extends ConvLSTMCell {
  static override readonly className = 'ConvLSTM2DCell';
  static override readonly rank = 2;
}

/** The cell of ConvLSTM3D. */
export class ConvLSTM3DCell extends ConvLSTMCell {
  static override readonly className = 'ConvLSTM3DCell';
  static override readonly rank = 3;
}

function isKnown(lengths: readonly (number | null)[]): lengths is readonly number[] {
  return lengths.every((length) => length !== null);
}
