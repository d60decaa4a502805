import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

import { beta } from './beta.js';
import { count, order } from './draws.js';
import { RandomImage, type RandomImageOptions } from './random-image.js';

export interface MixUpOptions extends RandomImageOptions {
  /** Of the beta distribution that shares are drawn from: the larger, the more even. Default 0.2. */
  alpha?: number;
}

interface Mix {
  /** Share of the picture itself, `[batch, 1, 1, 1]`. */
  readonly share: Output;
  /** Index of the other. */
  readonly others: Output;
}

/**
 * In training, mixes each picture with another of the batch (Keras `MixUp`). Labels are not mixed: layers see pictures only.
 *
 * @see Zhang et al., mixup: Beyond Empirical Risk Minimization, 2017
 * @example
 * mixUp({ alpha: 0.2 });
 */
export class MixUp extends RandomImage<Mix> {
  static override readonly className = 'MixUp';
  static override readonly optionNames = ['alpha', ...RandomImage.optionNames];

  readonly alpha: number;

  constructor(options: MixUpOptions = {}) {
    super(options);
    this.alpha = options.alpha ?? 0.2;
  }

  override draw(images: Output): Mix {
    const share = beta(ops.stack([count(images), 1, 1, 1]), ops.constant(this.alpha, images.dtype));
    return { share, others: order(images) };
  }

  override transform(images: Output, { share, others }: Mix): Output {
    return ops.add(ops.mul(share, images), ops.mul(ops.sub(1, share), ops.gather(images, others)));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), alpha: this.alpha };
  }
}
