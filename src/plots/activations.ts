import type { Tensor } from '../core/tensor.js';
import { Functional } from '../models/functional.js';
import { stretched } from './filters.js';
import { type ImageGridOptions, imageGrid } from './image-grid.js';
import { batchOfOne, type Explainable, mapsOf, type NetworkPicture } from './layer-output.js';

export interface ActivationsOptions extends ImageGridOptions {
  /** Whose feature maps are drawn. @default the first that gives some */
  readonly layer?: string | undefined;
  /** Most channels. @default 64 */
  readonly count?: number | undefined;
}

const WHERE = 'plots.activations';

/**
 * Draws what a layer makes of a picture, channel by channel, each stretched to the whole range of brightness.
 *
 * @param picture as the network takes it, `[height, width, channels]`
 * @returns the grid as SVG, whether `file` is given or not.
 * @throws TensorFlowError `ERR_ARGUMENT` for a layer without feature maps, `ERR_UNKNOWN_NAME`, `ERR_SHAPE`,
 *   `ERR_NOT_WRITABLE`.
 * @example
 * const x = await tf.image.load('1.png', { targetSize: [32, 32], rescale: 1 / 255 });
 * await tf.plots.activations(model, x, { layer: 'conv2', file: 'conv2.png' });
 */
export async function activations(
  model: Explainable,
  picture: NetworkPicture,
  { layer, count = 64, ...grid }: ActivationsOptions = {},
): Promise<string> {
  const maps = mapsOf(WHERE, model, layer ?? model.layers.find(({ outputShape }) => outputShape?.length === 4)?.name);
  const probe = new Functional({ inputs: model.input, outputs: maps });
  return imageGrid(channelsOf(await probe.predict(batchOfOne(WHERE, picture)), count), grid);
}

/** `[1, height, width, channels]` as so many pictures. */
function channelsOf(maps: Tensor, count: number): Tensor[] {
  const [, height = 0, width = 0, channels = 0] = maps.shape;
  const values = maps.dataSync() as Float32Array;
  return Array.from({ length: Math.min(channels, count) }, (_, channel) =>
    stretched(
      Float32Array.from({ length: height * width }, (_, place) => values[place * channels + channel] ?? 0),
      [height, width],
    ),
  );
}
