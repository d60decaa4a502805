/** Weights and pictures by the formula of applications.json. */

import * as applications from '../../src/applications/index.js';
import { sizeOf } from '../../src/core/shape.js';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import type { Layer } from '../../src/layers/index.js';
import type { Functional } from '../../src/models/functional.js';

export interface Range {
  centre: number;
  scale: number;
}

/** Uniform around a centre. */
export function uniform(seed: number, i: number, count: number, { centre, scale }: Range = UNIT): Float32Array {
  const base = Number((BigInt(i + 1) * 2654435761n + BigInt(seed) * 3266489917n) % 2n ** 32n);
  const values = new Float32Array(count);
  for (let j = 0; j < count; j++) {
    let h = (base + Math.imul(j + 1, 2246822519)) | 0;
    h = Math.imul(h ^ (h >>> 15), 2246822507);
    h = Math.imul(h ^ (h >>> 13), 3266489909);
    h ^= h >>> 16;
    values[j] = centre + scale * ((h >>> 8) / 8388608 - 1);
  }
  return values;
}

const UNIT: Range = { centre: 0, scale: 1 };
/** From 0 to 255. */
export const PIXELS: Range = { centre: 127.5, scale: 127.5 };

/** Undefined for what stays as it is. */
function rangeOf(layer: Layer, name: string, shape: readonly number[], gamma: number): Range | undefined {
  const { className } = layer.constructor as typeof Layer;
  if (name === 'depthwise_kernel' || (className === 'DepthwiseConv2D' && name === 'kernel')) {
    return { centre: 0, scale: Math.sqrt(6 / sizeOf(shape.slice(0, 2))) };
  }
  if (name === 'kernel' || name === 'pointwise_kernel') {
    return { centre: 0, scale: Math.sqrt((layer.name === 'predictions' ? 1 : 6) / sizeOf(shape.slice(0, -1))) };
  }
  if (['bias', 'beta', 'moving_mean', 'mean'].includes(name)) return { centre: 0, scale: 0.1 };
  if (name === 'gamma') return { centre: gamma, scale: 0.2 };
  return ['moving_variance', 'variance'].includes(name) ? { centre: 1, scale: 0.25 } : undefined;
}

/** Sets every weight; gives the table of them. */
export async function fill(
  model: Functional,
  seed: number,
  gamma: number,
): Promise<[index: number, layer: string, weight: string, shape: number[]][]> {
  const weights = model.layers.flatMap((layer) => layer.weights.map((weight) => ({ layer, weight })));
  const named = weights.map(({ layer, weight }) => ({ layer, weight, name: weight.name.split('/').at(-1) ?? '' }));
  const pairs = named.flatMap(({ layer, weight, name }, i) => {
    const range = rangeOf(layer, name, weight.shape, gamma);
    return range ? [[weight, tensor(uniform(seed, i, sizeOf(weight.shape), range), weight.shape)] as const] : [];
  });
  await model.program.assign(pairs);
  for (const [, host] of pairs) host.dispose();
  return named.map(({ layer, weight, name }, i) => [i, layer.name, name, [...weight.shape]]);
}

/** One picture, as a batch. */
export function picture(seed: number, [rows = 0, columns = 0, channels = 0]: readonly number[], range?: Range): Tensor {
  return tensor(uniform(seed, 4095, rows * columns * channels, range), [1, rows, columns, channels]);
}

const networks = new Map(Object.entries(applications).map(([name, made]) => [name.toLowerCase(), made]));

/** The network by Keras' name. */
export function networkOf(name: string): applications.Application {
  const made = networks.get(name.toLowerCase());
  if (typeof made === 'function' && 'inputSize' in made) return made;
  throw new Error(`no network ${name}`);
}

/** Keras' arguments as options. */
export function camelCase(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const rename = (key: string) => key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [rename(key), value]));
}

/** What are operations in Keras, without a place among the layers. */
export function isOperation(network: string, [name, className]: LayerRow): boolean {
  if (network.startsWith('MobileNetV3')) return /squeeze_excite_(shift|scale)$/.test(name);
  return network.startsWith('ConvNeXt') && className === 'Add';
}

export type LayerRow = [
  name: string,
  className: string,
  shape: readonly (number | null)[] | null | undefined,
  parameters: number,
];

/** A line for each layer, as Keras has it. */
export function layerRows(model: Functional): LayerRow[] {
  return model.layers.map((layer) => [
    layer.name,
    (layer.constructor as typeof Layer).className,
    layer.outputShape,
    layer.countParams(),
  ]);
}

/** Number of trained parameters. */
export function trainedParams(model: Functional): number {
  return model.trainableWeights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
