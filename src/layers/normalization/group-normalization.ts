import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { AffineNormalization, type AffineOptions } from './affine.js';
import { axesFromFront, inFloat32, moments, normalizeBy } from './moments.js';

export interface GroupNormalizationOptions extends AffineOptions {
  /** Number of groups the channels are split into; -1: each channel is one. Default 32. */
  groups?: number;
  /** The channels' axis. Default -1. */
  axis?: number;
}

/**
 * Brings each group of channels of each sample to mean 0 and variance 1 (Keras `GroupNormalization`; Wu and He 2018).
 *
 * Input shape: `[batch, …, channels]`. Output shape: the same.
 *
 * @example
 * groupNormalization({ groups: 8 });
 */
export class GroupNormalization extends AffineNormalization {
  static override readonly className = 'GroupNormalization';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['groups', 'axis', ...AffineNormalization.optionNames];

  readonly groups: number;
  readonly axis: number;

  constructor(options: GroupNormalizationOptions = {}) {
    super(options);
    const { groups = 32, axis = -1 } = options;
    if (!Number.isInteger(groups) || (groups <= 0 && groups !== -1)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `GroupNormalization '${this.name}': groups must be a positive integer, or -1 for one per channel, got ${groups}.`,
      );
    }
    this.groups = groups;
    this.axis = axis;
  }

  override build(inputShape: Shape): void {
    const channels = inputShape?.[this.#axisIn(inputShape)];
    if (channels == null || (this.groups !== -1 && channels % this.groups !== 0)) {
      throw this.shapeError(
        `a known axis ${this.axis} that divides into ${this.groups === -1 ? 'its' : this.groups} groups`,
        formatKerasShape(inputShape),
        'Change groups or axis.',
      );
    }
    this.addAffine([channels]);
  }

  override call(x: Output): Output {
    const shape = x.shape ?? [];
    const axis = this.#axisIn(shape);
    const channels = shape[axis] as number;
    const grouped = this.groups === -1 ? [channels, 1] : [this.groups, channels / this.groups];
    const runtime = ops.shape(x);
    const [before, after] = [ops.slice(runtime, [0], [axis]), ops.slice(runtime, [axis + 1], [-1])];
    const split = ops.reshape(x, ops.concat([before, grouped, after], 0)); // [batch, …, groups, channels of one, …]
    const rank = shape.length + 1;
    const reduced = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== 0 && i !== axis);
    const aligned = Array.from({ length: rank }, (_, i) => grouped[i - axis] ?? 1);
    const wide = (v: Output | undefined): Output | undefined => v && ops.reshape(v, aligned);
    const y = inFloat32(split, (input) => {
      const weights = { gamma: wide(this.gamma?.read()), beta: wide(this.beta?.read()), epsilon: this.epsilon };
      return normalizeBy(input, moments(input, reduced), weights);
    });
    return ops.reshape(y, runtime).setShape(shape);
  }

  #axisIn(shape: Shape): number {
    return axesFromFront(`GroupNormalization '${this.name}'`, this.axis, shape ?? [])[0] as number;
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), groups: this.groups, axis: this.axis, ...this.affineConfig() };
  }
}
