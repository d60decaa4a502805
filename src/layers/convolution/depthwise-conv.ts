import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import type { ConstraintIdentifier, InitializerIdentifier, RegularizerIdentifier } from '../../nn/index.js';
import { channelAxis, channelsLast, type DataFormat, layout, parseDataFormat } from '../data-format.js';
import { type BiasOptions, biasOptionNames, LayerWithBias } from '../layer-with-bias.js';
import { positive } from '../pairs.js';
import { WeightRecipe } from '../weight-recipe.js';
import { convolveDepthwise } from './convolve.js';
import { type Geometry, type GeometryOptions, geometryConfig, geometryOptionNames, parseGeometry } from './geometry.js';

/** Options of convolutions whose kernel sees one channel at a time. */
export interface DepthwiseOptions extends BiasOptions, GeometryOptions {
  /** Number of outputs of each channel. Default 1. */
  depthMultiplier?: number;
  /** `channels_last` (default) or `channels_first`. */
  dataFormat?: string | null;
  /** Default `glorotUniform`. */
  depthwiseInitializer?: InitializerIdentifier;
  depthwiseRegularizer?: RegularizerIdentifier | null;
  depthwiseConstraint?: ConstraintIdentifier | null;
}

/** What depthwise and separable convolutions share: one kernel for each channel, bias, activation. */
export abstract class DepthwiseConv extends LayerWithBias {
  static override readonly optionNames: readonly string[] = [
    'depthMultiplier',
    'depthwiseInitializer',
    'depthwiseRegularizer',
    'depthwiseConstraint',
    ...geometryOptionNames,
    ...biasOptionNames,
  ];
  /** Number of axes the kernel moves over. */
  static readonly rank: number = 2;
  /** What files call the kernel. */
  protected static readonly kernelName: string = 'kernel';

  readonly depthMultiplier: number;
  readonly geometry: Geometry;
  readonly dataFormat: DataFormat;
  readonly #recipe: WeightRecipe;
  #kernel!: Variable;
  #bias: Variable | undefined;

  constructor(options: DepthwiseOptions) {
    super(options);
    const { className, rank } = this.constructor as typeof DepthwiseConv;
    const where = `${className} '${this.name}'`;
    this.dataFormat = parseDataFormat(where, options.dataFormat);
    this.depthMultiplier = positive(`${where}: depthMultiplier`, options.depthMultiplier ?? 1);
    this.geometry = parseGeometry(where, rank, options);
    const { depthwiseInitializer = 'glorotUniform', depthwiseRegularizer, depthwiseConstraint } = options;
    this.#recipe = new WeightRecipe(depthwiseInitializer, depthwiseRegularizer, depthwiseConstraint);
  }

  override build(inputShape: Shape): void {
    const { rank, kernelName } = this.constructor as typeof DepthwiseConv;
    const channels = inputShape?.length === rank + 2 ? inputShape.at(channelAxis(this.dataFormat)) : undefined;
    if (channels == null) {
      throw this.shapeError(
        `${layout(this.dataFormat, rank)} with a known number of channels`,
        formatKerasShape(inputShape),
        'Reshape the input, or add a channel axis with expandDims(-1).',
      );
    }
    const shape = [...this.geometry.kernelSize, channels, this.depthMultiplier];
    this.#kernel = this.addWeight(kernelName, this.#recipe.of(shape));
    this.#bias = this.addBias([this.addMixer(channels * this.depthMultiplier)]);
  }

  /** Makes the weights that follow the kernel; gives the number of output channels. */
  protected addMixer(channels: number): number {
    return channels;
  }

  /** What follows the kernel, before the bias. */
  protected mix(y: Output): Output {
    return y;
  }

  override call(x: Output): Output {
    const kernel = this.#kernel.read();
    const y = channelsLast(this.dataFormat, x, (last) =>
      this.offset(this.mix(convolveDepthwise(last, kernel, this.geometry)), this.#bias),
    );
    return this.activation.apply(y);
  }

  override getConfig(): Record<string, unknown> {
    return {
      activity_regularizer: null,
      ...super.getConfig(),
      depth_multiplier: this.depthMultiplier,
      ...geometryConfig(this.geometry),
      data_format: this.dataFormat,
      ...this.biasConfig(),
      ...this.#recipe.config('depthwise'),
    };
  }
}
