import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

import { perPicture } from './draws.js';
import { type Factor, parseFactor, type Range } from './factor.js';
import { type AffineRows, RandomAffine, type RandomAffineOptions } from './random-affine.js';

export interface RandomRotationOptions extends RandomAffineOptions {
  /** Turns, as shares of a full one, counter-clockwise; a number `f` stands for −f … f. */
  factor: Factor;
}

/**
 * In training, turns pictures about their centre (Keras `RandomRotation`).
 *
 * @example
 * randomRotation({ factor: 0.05 });   // up to 18° either way
 */
export class RandomRotation extends RandomAffine<Output> {
  static override readonly className = 'RandomRotation';
  static override readonly optionNames = ['factor', ...RandomAffine.optionNames];

  readonly factor: Range;

  constructor(options: RandomRotationOptions) {
    super(options);
    this.factor = parseFactor(`${this.where}: factor`, options.factor, -1, 1);
  }

  /** Radians. */
  override draw(images: Output): Output {
    return ops.mul(perPicture(images, this.factor), 2 * Math.PI);
  }

  protected override rows(angle: Output, height: Output, width: Output): AffineRows {
    const [cos, sin] = [ops.cos(angle), ops.sin(angle)];
    const [cx, cy] = [ops.div(ops.sub(width, 1), 2), ops.div(ops.sub(height, 1), 2)];
    const x = ops.add(ops.sub(cx, ops.mul(cx, cos)), ops.mul(cy, sin));
    const y = ops.sub(ops.sub(cy, ops.mul(cx, sin)), ops.mul(cy, cos));
    return [
      [cos, ops.neg(sin), x],
      [sin, cos, y],
    ];
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), factor: this.factor };
  }
}
