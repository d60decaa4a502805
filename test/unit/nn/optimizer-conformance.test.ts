import { describe, expect, test } from 'vitest';
import { optimizers } from '../../../src/nn/index.js';
import { checkOptimizer, type OptimizerCase } from './check-optimizer.js';

const CASES: Record<string, OptimizerCase> = {
  SGD: { config: { momentum: 0.9 }, typo: ['momentun', 'momentum'], slots: ['w_momentum'] },
  RMSprop: { config: { rho: 0.8 }, typo: ['rh', 'rho'], slots: ['w_velocity'] },
  Adam: { config: { beta_1: 0.8 }, typo: ['beta_one', 'beta1'], slots: ['w_momentum', 'w_velocity'] },
  AdamW: { typo: ['weight_decays', 'weightDecay'], slots: ['w_momentum', 'w_velocity'] },
  Adagrad: { typo: ['epsilom', 'epsilon'], slots: ['w_accumulator'] },
  Adadelta: {
    config: { learning_rate: 5 },
    typo: ['epsilom', 'epsilon'],
    slots: ['w_accumulated_grad', 'w_accumulated_delta_var'],
  },
  Adamax: { typo: ['epsilom', 'epsilon'], slots: ['w_momentum', 'w_norm'] },
  Nadam: { typo: ['epsilom', 'epsilon'], slots: ['w_momentum', 'w_velocity', 'variable'] },
  Ftrl: { config: { beta: 0.1 }, typo: ['bet', 'beta'], slots: ['w_accumulator', 'w_linear'] },
  Lion: { typo: ['learning_rates', 'learningRate'], slots: ['w_momentum'] },
  Lamb: { typo: ['epsilom', 'epsilon'], slots: ['w_momentum', 'w_velocity'] },
  Adafactor: { typo: ['clip_treshold', 'clipThreshold'], slots: ['w', 'w', 'w_velocity'] },
  Muon: { typo: ['ns_step', 'nsSteps'], slots: ['w_momentum'] },
  ScheduleFreeAdamW: { typo: ['warm_up_steps', 'warmupSteps'], slots: ['w_momentum', 'w_velocity'] },
};

test('every optimizer that updates by itself is held here', () => {
  const all = optimizers.names().map((name) => name.toLowerCase());
  expect([...Object.keys(CASES), 'LossScaleOptimizer'].map((name) => name.toLowerCase()).sort()).toEqual(all.sort());
});

describe.each(Object.entries(CASES))('%s', checkOptimizer);
