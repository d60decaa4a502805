import type { Output } from '../../../core/output.js';
import { oneOf } from '../../../nn/serialization.js';
import * as ops from '../../../ops/index.js';
import { count } from './draws.js';
import { parseInterpolation, type SampleInterpolation } from './interpolation.js';
import { RandomImage, type RandomImageOptions } from './random-image.js';

const FILL_MODES = ['reflect', 'wrap', 'constant', 'nearest'];

export interface RandomAffineOptions extends RandomImageOptions {
  /** What is seen outside: `reflect` (default), `wrap`, `constant` or `nearest`. */
  fillMode?: string;
  /** `bilinear` (default) or `nearest`. */
  interpolation?: string;
  /** What is seen outside in mode `constant`. Default 0. */
  fillValue?: number;
}

/** Where a pixel (x, y) of the result comes from: `(x₀x + x₁y + x₂, y₀x + y₁y + y₂)`; numbers, or one for each picture. */
export type AffineRows = readonly [x: readonly (Output | number)[], y: readonly (Output | number)[]];

/** Moves pixels by the library's projective transformation: what rotation, translation, zoom and shear share. */
export abstract class RandomAffine<Draws> extends RandomImage<Draws> {
  static override readonly optionNames: readonly string[] = [
    'fillMode',
    'interpolation',
    'fillValue',
    ...RandomImage.optionNames,
  ];

  readonly fillMode: string;
  readonly interpolation: SampleInterpolation;
  readonly fillValue: number;

  constructor(options: RandomAffineOptions) {
    super(options);
    const { fillMode = 'reflect', fillValue = 0 } = options;
    this.fillMode = oneOf(`${this.where}: fillMode`, fillMode, FILL_MODES);
    this.interpolation = parseInterpolation(this.where, options.interpolation);
    this.fillValue = fillValue;
  }

  /** Numbers drawn are `[batch, 1, 1, 1]`. */
  protected abstract rows(draws: Draws, height: Output, width: Output): AffineRows;

  override transform(images: Output, draws: Draws): Output {
    const shape = ops.shape(images);
    const side = (axis: number): Output => ops.cast(ops.gather(shape, axis), images.dtype);
    const one = ops.stack([count(images), 1]);
    const cells = [...this.rows(draws, side(1), side(2)).flat(), 0, 0].map((cell) =>
      typeof cell === 'number'
        ? ops.fill(one, ops.constant(cell, 'float32'))
        : ops.cast(ops.reshape(cell, one), 'float32'),
    );
    return ops.imageProjectiveTransformV3(images, ops.concat(cells, 1), ops.slice(shape, [1], [2]), this.fillValue, {
      interpolation: this.interpolation.toUpperCase(),
      fillMode: this.fillMode.toUpperCase(),
    });
  }

  override getConfig(): Record<string, unknown> {
    const { fillMode, interpolation, fillValue } = this;
    return { ...super.getConfig(), fill_mode: fillMode, interpolation, fill_value: fillValue };
  }
}
