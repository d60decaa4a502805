import { type Tensor, type TensorLike, toTensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import { isSymbolic, type SymbolicTensor } from '../layers/symbolic.js';
import type { Functional } from '../models/functional.js';
import type { Sequential } from '../models/sequential.js';

/** A model whose layers' outputs can be taken. */
export type Explainable = Sequential | Functional;
/** One picture as the network takes it, `[height, width, channels]`, or a batch of one. */
export type NetworkPicture = Tensor | TensorLike;

/** The feature maps of a layer, by default of the last one that has some. */
export function mapsOf(where: string, model: Explainable, layer: string | undefined): SymbolicTensor {
  const [only, other] = model.outputs;
  if (!only || other) throw new TensorFlowError('ERR_ARGUMENT', `${where}: model '${model.name}' has several outputs.`);
  const layers = layer === undefined ? [...model.layers].reverse() : [model.getLayer(layer)];
  for (const { name } of layers) {
    const { output } = model.getLayer(name);
    if (isSymbolic(output) && isMap(output)) return output;
  }
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    layer === undefined
      ? `${where}: model '${model.name}' has no layer that gives feature maps.`
      : `${where}: layer '${layer}' gives no feature maps [batch, height, width, channels]; name a convolution.`,
  );
}

/** Why the height: a batch of pixels `[n, 1, 1, c]` has no places to tell apart. */
function isMap({ shape }: SymbolicTensor): boolean {
  return shape?.length === 4 && shape[1] !== 1;
}

export function batchOfOne(where: string, picture: NetworkPicture): Tensor {
  const given = toTensor(picture);
  const batch = given.rank === 3 ? given.expandDims(0) : given;
  if (batch.rank === 4 && batch.shape[0] === 1) return batch;
  throw new TensorFlowError(
    'ERR_SHAPE',
    `${where}: one picture [height, width, channels] is expected, got [${given.shape.join(', ')}].`,
  );
}
