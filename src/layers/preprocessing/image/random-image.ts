import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { channelsLast } from '../../data-format.js';
import type { CallOptions } from '../../layer.js';
import { SpatialLayer, type SpatialOptions } from '../../spatial-layer.js';

export interface RandomImageOptions extends SpatialOptions {
  /** Kept in files; the program's seed decides. */
  seed?: number | null;
}

/**
 * Changes pictures by chance, in training; otherwise they pass as they are, as floats.
 *
 * Input shape: `[batch, rows, columns, channels]`, or with channels first. Output shape: the same.
 */
export abstract class RandomImage<Draws = Output> extends SpatialLayer {
  static override readonly optionNames: readonly string[] = ['seed', ...SpatialLayer.optionNames];

  readonly seed: number | null;

  constructor(options: RandomImageOptions = {}) {
    super(options);
    this.seed = options.seed ?? null;
  }

  override call(x: Output, { training = false }: CallOptions = {}): Output {
    const images = ops.cast(x, this.computeDType);
    return training ? channelsLast(this.dataFormat, images, (last) => this.compute(last)) : images;
  }

  protected override compute(images: Output): Output {
    const y = this.transform(images, this.draw(images));
    return images.shape ? y.setShape(images.shape) : y;
  }

  /** @internal What chance decides for these pictures. */
  abstract draw(images: Output): Draws;

  /** @internal The pictures `[batch, rows, columns, channels]` after what was drawn. */
  abstract transform(images: Output, draws: Draws): Output;

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), seed: this.seed };
  }
}
