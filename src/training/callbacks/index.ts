import { EarlyStopping, type EarlyStoppingOptions } from './early-stopping.js';
import { LambdaCallback, type LambdaHooks } from './lambda-callback.js';
import { ModelCheckpoint, type ModelCheckpointOptions } from './model-checkpoint.js';

export { Callback, type CallbackModel, type Logs, type TrainingParams } from './callback.js';
export { History } from './history.js';
export { ProgbarLogger } from './progbar-logger.js';
export { EarlyStopping, LambdaCallback, ModelCheckpoint };

/** {@inheritDoc EarlyStopping} */
export const earlyStopping = (options: EarlyStoppingOptions = {}): EarlyStopping => new EarlyStopping(options);
/** {@inheritDoc ModelCheckpoint} */
export const modelCheckpoint = (options: ModelCheckpointOptions): ModelCheckpoint => new ModelCheckpoint(options);
/** {@inheritDoc LambdaCallback} */
export const lambdaCallback = (hooks: LambdaHooks): LambdaCallback => new LambdaCallback(hooks);
