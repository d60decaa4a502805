import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

import { uniform } from '../../../ops/random.js';
import { beta } from './beta.js';
import { boxes } from './boxes.js';
import { count, order } from './draws.js';
import { type Factor, parseFactor, type Range } from './factor.js';
import { RandomImage, type RandomImageOptions } from './random-image.js';

export interface CutMixOptions extends RandomImageOptions {
  /** What the beta distribution's parameter is drawn from; a number `f` stands for 0 … f. Default 1. */
  factor?: Factor;
}

interface Cut {
  /** `[batch, rows, columns, 1]` */
  readonly where: Output;
  /** Index of the other. */
  readonly others: Output;
}

/** Why: a beta distribution of parameter 0 is none. */
const LEAST = 1e-6;

/**
 * In training, puts a random part of another picture of the batch into each (Keras `CutMix`). Labels are not mixed: layers see
 * pictures only.
 *
 * @see Yun et al., CutMix, 2019
 * @example
 * cutMix({ factor: 1 });
 */
export class CutMix extends RandomImage<Cut> {
  static override readonly className = 'CutMix';
  static override readonly optionNames = ['factor', ...RandomImage.optionNames];

  readonly factor: Range;

  constructor(options: CutMixOptions = {}) {
    super(options);
    this.factor = parseFactor(`${this.where}: factor`, options.factor ?? 1, 0, 1);
  }

  override draw(images: Output): Cut {
    const [min, max] = this.factor;
    const alpha = ops.add(uniform([], { min, max, dtype: images.dtype }), LEAST);
    const side = ops.sqrt(ops.sub(1, beta(ops.stack([count(images)]), alpha)));
    return { where: boxes(images, side, side), others: order(images) };
  }

  override transform(images: Output, { where, others }: Cut): Output {
    return ops.where(where, ops.gather(images, others), images);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), factor: this.factor };
  }
}
