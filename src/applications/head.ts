import * as layers from '../layers/index.js';
import type { SymbolicTensor } from '../layers/symbolic.js';
import type { Activation } from '../nn/activations.js';
import type { InitializerIdentifier } from '../nn/index.js';
import { named } from './blocks.js';

/** What the classifier on top gives. */
export interface Classifier {
  readonly classes: number;
  readonly activation: string | Activation | null;
}

/** What is made of the features: scores of classes. */
export type Top = (features: SymbolicTensor, classifier: Classifier) => SymbolicTensor;
/** What is made of the features where there are no classes: one value of each channel. */
export type Pool = (features: SymbolicTensor, kind: 'avg' | 'max') => SymbolicTensor;

export interface TopOptions {
  /** Default: `avg_pool`; null: a number. */
  pool?: string | null;
  /** Share that is dropped before the last layer, and the name of the layer that does so. Default: no such layer. */
  dropout?: { rate: number; name: string };
  kernelInitializer?: InitializerIdentifier;
}

/** The mean of each channel, then one dense layer `predictions`. */
export function averageTop({ pool = 'avg_pool', dropout, kernelInitializer }: TopOptions = {}): Top {
  return (features, { classes, activation }) => {
    let x = layers.globalAveragePooling2d(named(pool ?? undefined)).apply(features);
    if (dropout) x = layers.dropout(dropout).apply(x);
    const initializer = kernelInitializer === undefined ? {} : { kernelInitializer };
    return layers.dense({ units: classes, activation, name: 'predictions', ...initializer }).apply(x);
  };
}

/** `avg_pool` or `max_pool`. */
export const namedPool: Pool = (features, kind) => pooled(features, kind, `${kind}_pool`);

/** A pooling layer with a number. */
export const numberedPool: Pool = (features, kind) => pooled(features, kind);

function pooled(features: SymbolicTensor, kind: 'avg' | 'max', name?: string): SymbolicTensor {
  const make = kind === 'avg' ? layers.globalAveragePooling2d : layers.globalMaxPooling2d;
  return make(named(name)).apply(features);
}
