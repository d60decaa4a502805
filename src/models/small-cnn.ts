import type { PartialShape } from '../core/shape.js';
import * as layers from '../layers/index.js';
import { type Sequential, sequential } from './sequential.js';

export interface SmallCnnOptions {
  /** `[rows, columns, channels]`. Default `[32, 32, 3]`. */
  inputShape?: PartialShape;
  /** Default 8. */
  classes?: number;
}

/**
 * The chapter's network for small pictures: two blocks of two 3×3 convolutions, pooling and dropout, then two dense
 * layers of 256. Output shape: `[batch, classes]`, probabilities.
 *
 * @example
 * const model = smallCnn({ inputShape: [32, 32, 3], classes: 8 });
 */
export function smallCnn({ inputShape = [32, 32, 3], classes = 8 }: SmallCnnOptions = {}): Sequential {
  const model = sequential();
  const relu = (): void => model.add(layers.activation({ activation: 'relu' }));
  const conv = (name: string, filters: number, first: { inputShape?: PartialShape } = {}): void => {
    model.add(layers.conv2d({ name, filters, kernelSize: [3, 3], padding: 'same', ...first }));
    relu();
  };
  const pool = (name: string): void => {
    model.add(layers.maxPooling2d({ poolSize: [2, 2] }));
    model.add(layers.dropout({ rate: 0.25, name }));
  };
  conv('conv1', 32, { inputShape });
  conv('conv2', 32);
  pool('drop1');
  conv('conv3', 64);
  conv('conv4', 64);
  pool('drop2');
  model.add(layers.flatten());
  for (let i = 0; i < 2; i++) {
    model.add(layers.dense({ units: 256 }));
    relu();
    model.add(layers.dropout({ rate: 0.5 }));
  }
  model.add(layers.dense({ units: classes }));
  model.add(layers.activation({ activation: 'softmax' }));
  return model;
}
