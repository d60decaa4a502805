import { TensorFlowError } from '../../errors/errors.js';
import type { SerializedObject } from '../serialization.js';
import type { LearningRateSchedule } from './schedules/index.js';

/** Options every optimizer has. */
export interface OptimizerOptions {
  /** A number, or a schedule. */
  learningRate?: number | LearningRateSchedule | SerializedObject;
  /** Share of each weight, times the learning rate, taken off at every update. Default none. */
  weightDecay?: number | null;
  /** Greatest norm of each gradient. Default none. */
  clipnorm?: number | null;
  /** Greatest norm of all gradients together. Default none. */
  globalClipnorm?: number | null;
  /** Greatest absolute value in a gradient. Default none. */
  clipvalue?: number | null;
  /** Whether a moving average of the weights is kept. Default false. */
  useEma?: boolean;
  /** How much of the average each step keeps. Default 0.99. */
  emaMomentum?: number;
  /** Every so many steps the weights are set to their average. Default never. */
  emaOverwriteFrequency?: number | null;
  /** The loss is multiplied by this for the gradients, which are divided by it. Default none. */
  lossScaleFactor?: number | null;
  /** Gradients of so many steps are averaged into one update, 2 or more. Default none. */
  gradientAccumulationSteps?: number | null;
  /** Prefix of the optimizer's variables. Default: the class name in snake_case. */
  name?: string | null;
}

/** The defaults of what all optimizers have. */
export function optimizerDefaults(learningRate: number): Required<OptimizerOptions> {
  return {
    name: null,
    learningRate,
    weightDecay: null,
    clipnorm: null,
    globalClipnorm: null,
    clipvalue: null,
    useEma: false,
    emaMomentum: 0.99,
    emaOverwriteFrequency: null,
    lossScaleFactor: null,
    gradientAccumulationSteps: null,
  };
}

/** @throws ERR_ARGUMENT for a value outside its range, naming the option */
export function checkSettings(where: string, settings: Required<OptimizerOptions>): void {
  const { learningRate, clipnorm, clipvalue, globalClipnorm, emaMomentum, emaOverwriteFrequency } = settings;
  const refuse = (expected: string, got: unknown): never => {
    throw new TensorFlowError('ERR_ARGUMENT', `${where}: ${expected}, got ${JSON.stringify(got)}.`);
  };
  if (typeof learningRate === 'number' ? !Number.isFinite(learningRate) : typeof learningRate !== 'object') {
    refuse('learningRate must be a number or a schedule', learningRate);
  }
  if ([clipnorm, clipvalue, globalClipnorm].filter((clip) => clip !== null).length > 1) {
    refuse('give only one of clipnorm, clipvalue and globalClipnorm', { clipnorm, clipvalue, globalClipnorm });
  }
  if (emaMomentum < 0 || emaMomentum > 1) refuse('emaMomentum must be between 0 and 1', emaMomentum);
  if (emaOverwriteFrequency !== null && !(Number.isInteger(emaOverwriteFrequency) && emaOverwriteFrequency > 0)) {
    refuse('emaOverwriteFrequency must be a whole number above 0', emaOverwriteFrequency);
  }
  const steps = settings.gradientAccumulationSteps;
  if (steps !== null && !(Number.isInteger(steps) && steps >= 2)) {
    refuse('gradientAccumulationSteps must be a whole number of 2 or more', steps);
  }
}
