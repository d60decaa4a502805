import { type Tensor, tensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import type { Layer } from '../layers/layer.js';
import type { Model } from '../models/model.js';
import { type ImageGridOptions, imageGrid } from './image-grid.js';

export interface FiltersOptions extends ImageGridOptions {
  /** Name of the convolution. @default the model's first */
  readonly layer?: string | undefined;
}

const WHERE = 'plots.filters';
const COLOURS = 3;

/**
 * Draws the filters of a convolution, each stretched to the whole range of brightness; those on three channels in colour,
 * others as the mean of their channels.
 *
 * @returns the grid as SVG, whether `file` is given or not.
 * @throws TensorFlowError `ERR_ARGUMENT` where there is no convolution, `ERR_UNKNOWN_NAME`, `ERR_NOT_WRITABLE`.
 * @example
 * await tf.plots.filters(model, { file: 'filters.png' });
 */
export async function filters(model: Model, { layer, ...grid }: FiltersOptions = {}): Promise<string> {
  const kernel = kernelOf(layer === undefined ? firstConvolution(model) : model.getLayer(layer));
  const { values, shape } = await kernel;
  const [height = 0, width = 0, channels = 0, count = 0] = shape;
  const shown = channels === COLOURS ? COLOURS : 1;
  const pictures = Array.from({ length: count }, (_, filter) => {
    const pixel = (i: number): number => {
      const [place, channel] = [Math.floor(i / shown), i % shown];
      const all = Array.from({ length: channels }, (_, c) => values[(place * channels + c) * count + filter] ?? 0);
      return shown === COLOURS ? (all[channel] ?? 0) : all.reduce((a, b) => a + b, 0) / channels;
    };
    return stretched(
      Float32Array.from({ length: height * width * shown }, (_, i) => pixel(i)),
      [height, width, shown],
    );
  });
  return imageGrid(pictures, grid);
}

/** A picture from its darkest value, black, to its lightest, white. */
export function stretched(values: Float32Array, shape: readonly number[]): Tensor {
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const range = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) - least;
  return tensor(
    values.map((value) => (range > 0 ? (value - least) / range : 0)),
    shape,
    'float32',
  );
}

function isKernel({ shape }: { readonly shape: readonly number[] }): boolean {
  return shape.length === 4;
}

function firstConvolution(model: Model): Layer {
  const found = model.layers.find((layer) => layer.weights.some(isKernel));
  if (found) return found;
  throw noConvolution(`model '${model.name}' has no`);
}

async function kernelOf(layer: Layer): Promise<{ values: Float32Array; shape: readonly number[] }> {
  const weight = layer.weights.find(isKernel);
  if (!weight) throw noConvolution(`layer '${layer.name}' is no`);
  using value = await weight.value();
  return { values: Float32Array.from(value.dataSync() as ArrayLike<number>), shape: weight.shape };
}

function noConvolution(what: string): TensorFlowError {
  return new TensorFlowError(
    'ERR_ARGUMENT',
    `${WHERE}: ${what} two-dimensional convolution, whose filters could be drawn.`,
  );
}
