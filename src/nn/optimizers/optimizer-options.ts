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

/** @throws ERR_ARGUMENT where more than one of those that clip is given */
export function checkOneClip(where: string, { clipnorm, clipvalue, globalClipnorm }: Required<OptimizerOptions>): void {
  const clips = { clipnorm, clipvalue, globalClipnorm };
  if (Object.values(clips).filter((clip) => clip !== null).length <= 1) return;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where}: give only one of clipnorm, clipvalue and globalClipnorm, got ${JSON.stringify(clips)}.`,
  );
}
