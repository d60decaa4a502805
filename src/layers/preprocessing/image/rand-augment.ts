import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { uniformInt } from '../../../ops/random.js';
import { positive } from '../../pairs.js';
import { AugmentationPolicy, type AugmentationPolicyOptions } from './augmentation-policy.js';
import { augmented } from './augmentations.js';
import type { Factor } from './factor.js';

export interface RandAugmentOptions extends AugmentationPolicyOptions {
  /** How many changes follow one another. Default 2. */
  numOps?: number;
  /** How strong they are, 0 … 1; a number `f` stands for 0 … f. Default 0.5. */
  factor?: Factor;
}

/**
 * In training, changes the pictures of a batch by layers that chance chooses: shear, translation, rotation, posterization,
 * solarization, contrast, equalization, brightness, colour and sharpness (Keras `RandAugment`). Only the chosen ones run.
 *
 * @see Cubuk et al., RandAugment, 2019
 * @example
 * randAugment({ valueRange: [0, 1], numOps: 3, factor: 0.3 });
 */
export class RandAugment extends AugmentationPolicy<Output> {
  static override readonly className = 'RandAugment';
  static override readonly optionNames = ['numOps', ...AugmentationPolicy.optionNames];

  readonly numOps: number;

  constructor(options: RandAugmentOptions = {}) {
    super({ ...options, factor: options.factor ?? 0.5 }, true);
    this.numOps = positive(`${this.where}: numOps`, options.numOps ?? 2);
  }

  /** Which layers, int32 `[numOps]`. */
  override draw(): Output {
    return uniformInt([this.numOps], 0, this.augmentations.length);
  }

  override transform(images: Output, chosen: Output): Output {
    return ops.unstack(chosen).reduce((x, index) => augmented(x, this.augmentations, index), images);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), num_ops: this.numOps };
  }
}
