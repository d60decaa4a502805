import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { uniformInt } from '../../../ops/random.js';
import { positive } from '../../pairs.js';
import { AugmentationPolicy, type AugmentationPolicyOptions } from './augmentation-policy.js';
import { augmented } from './augmentations.js';
import { beta, dirichlet } from './beta.js';
import { clip } from './colors.js';
import type { Factor } from './factor.js';

export interface AugMixOptions extends AugmentationPolicyOptions {
  /** How many pictures are mixed. Default 3. */
  numChains?: number;
  /** At most so many changes lead to each of them. Default 3. */
  chainDepth?: number;
  /** How strong they are, 0 … 1; a number `f` stands for 0 … f. Default 0.3. */
  factor?: Factor;
  /** Of the distributions that the shares are drawn from: the larger, the more even. Default 1. */
  alpha?: number;
  /** Whether brightness, colour, contrast and sharpness change too. Default true. */
  allOps?: boolean;
}

interface Chains {
  /** Share of each chain, `[chains]`. */
  readonly weights: Output;
  /** Share of the pictures themselves, `[]`. */
  readonly share: Output;
  /** Which layers, int32 `[chains, depth]`; one beyond them for none. */
  readonly choices: Output;
}

/**
 * In training, mixes pictures with what chains of changes make of them (Keras `AugMix`), all of a batch alike. Each run draws
 * the changes anew.
 *
 * @see Hendrycks et al., AugMix, 2020
 * @example
 * augMix({ valueRange: [0, 1], numChains: 2 });
 */
export class AugMix extends AugmentationPolicy<Chains> {
  static override readonly className = 'AugMix';
  static override readonly optionNames = [
    'numChains',
    'chainDepth',
    'alpha',
    'allOps',
    ...AugmentationPolicy.optionNames,
  ];

  readonly numChains: number;
  readonly chainDepth: number;
  readonly alpha: number;
  readonly allOps: boolean;

  constructor(options: AugMixOptions = {}) {
    const { allOps = true } = options;
    super({ ...options, factor: options.factor ?? 0.3 }, allOps);
    this.numChains = positive(`${this.where}: numChains`, options.numChains ?? 3);
    this.chainDepth = positive(`${this.where}: chainDepth`, options.chainDepth ?? 3);
    this.alpha = options.alpha ?? 1;
    this.allOps = allOps;
  }

  override draw(images: Output): Chains {
    const alpha = ops.constant(this.alpha, images.dtype);
    return {
      weights: dirichlet(ops.constant([this.numChains], 'int32'), alpha),
      share: beta(ops.constant(new Int32Array(0)), alpha),
      choices: uniformInt([this.numChains, this.chainDepth], 0, this.augmentations.length + 1),
    };
  }

  override transform(images: Output, { weights, share, choices }: Chains): Output {
    const [parts, chains] = [ops.unstack(weights), ops.unstack(choices)];
    const mixed = chains.map((chain, i) => {
      const end = ops.unstack(chain).reduce((x, index) => augmented(x, this.augmentations, index), images);
      return ops.mul(end, parts[i] as Output);
    });
    const both = ops.add(ops.mul(share, images), ops.mul(ops.sub(1, share), ops.addN(mixed)));
    return clip(both, this.valueRange);
  }

  override getConfig(): Record<string, unknown> {
    const { numChains, chainDepth, alpha, allOps } = this;
    return { ...super.getConfig(), num_chains: numChains, chain_depth: chainDepth, alpha, all_ops: allOps };
  }
}
