import type { Output } from '../../core/output.js';
import type { Variable } from '../../core/variable.js';
import * as ops from '../../ops/index.js';
import { adamInSteps } from './adam-in-steps.js';
import {
  Optimizer,
  type OptimizerOptions,
  optimizerDefaults,
  type Step,
  type Target,
  type Update,
} from './optimizer.js';
import type { SlotSpec } from './slots.js';

export interface MuonOptions extends OptimizerOptions {
  /** How much of the average of gradients each step of Adam keeps. Default 0.9. */
  adamBeta1?: number;
  /** How much of the average of squared gradients each step of Adam keeps. Default 0.999. */
  adamBeta2?: number;
  /** As `weightDecay`, of the variables Adam updates. Default 0.004. */
  adamWeightDecay?: number | null;
  /** Keeps Adam's divisors from 0. Default 1e-7. */
  epsilon?: number;
  /** Regular expressions of the names of variables that Adam updates. Default none. */
  excludeLayers?: readonly string[] | null;
  /** Whether Adam updates embeddings. Default true. */
  excludeEmbeddings?: boolean;
  /** Coefficients of the iteration x ← a·x + (b·xxᵀ + c·(xxᵀ)²)·x. Default 3.4445, −4.775, 2.0315. */
  muonA?: number;
  muonB?: number;
  muonC?: number;
  /** Adam's learning rate as a multiple of the other. Default 1. */
  adamLrRatio?: number;
  /** How much of the sum of gradients each step keeps. Default 0.95. */
  momentum?: number;
  /** How many iterations. Default 5. */
  nsSteps?: number;
  /** Whether a step looks ahead along the momentum. Default true. */
  nesterov?: boolean;
  /** Size of a step, times √(longer side); null leaves it as it is. Default 0.2. */
  rmsRate?: number | null;
}

/**
 * Steps of matrices along their momentum made orthogonal, of other variables as Adam's. Learning rate by default 0.001.
 *
 * Source: Keller Jordan et al., Muon: an optimizer for hidden layers in neural networks, 2024.
 */
export class Muon extends Optimizer<MuonOptions> {
  static override readonly className: string = 'Muon';
  static override readonly defaults: Required<MuonOptions> = {
    ...optimizerDefaults(0.001),
    weightDecay: 0.004,
    adamBeta1: 0.9,
    adamBeta2: 0.999,
    adamWeightDecay: 0.004,
    epsilon: 1e-7,
    excludeLayers: [],
    excludeEmbeddings: true,
    muonA: 3.4445,
    muonB: -4.775,
    muonC: 2.0315,
    adamLrRatio: 1,
    momentum: 0.95,
    nsSteps: 5,
    nesterov: true,
    rmsRate: 0.2,
  };

  protected override slotGroups(): readonly (readonly SlotSpec[])[] {
    return [[{ key: 'momentum' }, { key: 'velocity', of: (variable) => this.#isAdams(variable) }]];
  }

  protected override weightDecayOf(variable: Variable): number | null {
    return this.#isAdams(variable) ? this.options.adamWeightDecay : this.options.weightDecay;
  }

  protected override updates(step: Step): Update {
    const adam = this.#adam(step);
    return (target) => (this.#isAdams(target.variable) ? adam(target) : this.#muon(step, target));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), exclude_layers: this.options.excludeLayers ?? [] };
  }

  #isAdams({ name, shape }: Variable): boolean {
    const { excludeEmbeddings, excludeLayers } = this.options;
    if (shape.length !== 2 || (excludeEmbeddings && name.toLowerCase().includes('embedding'))) return true;
    return (excludeLayers ?? []).some((pattern) => new RegExp(pattern).test(name));
  }

  #muon({ learningRate }: Step, { gradient, variable, slot }: Target): void {
    const { momentum: kept, nesterov, rmsRate } = this.options;
    const momentum = slot('momentum');
    momentum.assign(ops.add(ops.mul(momentum.read(), kept), gradient));
    const ahead = nesterov ? ops.add(gradient, ops.mul(momentum.read(), kept)) : momentum.read();
    const size = rmsRate === null ? 1 : rmsRate * Math.sqrt(Math.max(...variable.shape));
    ops.resourceApplyGradientDescent(variable, learningRate, ops.mul(this.#orthogonal(ahead, variable.shape), size));
  }

  /** Nearly the orthogonal matrix nearest to x, by iterations of Newton and Schulz. */
  #orthogonal(x: Output, [rows = 0, columns = 0]: readonly number[]): Output {
    const { muonA, muonB, muonC, nsSteps } = this.options;
    const isTall = rows > columns;
    const norm = ops.sqrt(ops.sum(ops.square(x)));
    let y = ops.div(isTall ? ops.transpose(x) : x, ops.add(norm, 1e-7));
    for (let i = 0; i < nsSteps; i++) {
      const gram = ops.matMul(y, y, { transposeB: true });
      const factor = ops.add(ops.mul(gram, muonB), ops.matMul(ops.mul(gram, muonC), gram));
      y = ops.add(ops.mul(y, muonA), ops.matMul(factor, y));
    }
    return isTall ? ops.transpose(y) : y;
  }

  #adam(step: Step): Update {
    const { adamBeta1: beta1, adamBeta2: beta2, adamLrRatio, epsilon } = this.options;
    const learningRate = ops.mul(step.learningRate, adamLrRatio);
    return adamInSteps({ ...step, learningRate }, { beta1, beta2, epsilon, amsgrad: false });
  }
}
