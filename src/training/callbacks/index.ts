import { BackupAndRestore, type BackupAndRestoreOptions } from './backup-and-restore.js';
import { CSVLogger, type CSVLoggerOptions } from './csv-logger.js';
import { EarlyStopping, type EarlyStoppingOptions } from './early-stopping.js';
import { LambdaCallback, type LambdaHooks } from './lambda-callback.js';
import {
  type LearningRateRule,
  LearningRateScheduler,
  type LearningRateSchedulerOptions,
} from './learning-rate-scheduler.js';
import { ModelCheckpoint, type ModelCheckpointOptions } from './model-checkpoint.js';
import { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './reduce-lr-on-plateau.js';
import { RemoteMonitor, type RemoteMonitorOptions } from './remote-monitor.js';
import { SwapEMAWeights, type SwapEMAWeightsOptions } from './swap-ema-weights.js';
import { TensorBoard, type TensorBoardOptions } from './tensor-board.js';
import { TerminateOnNaN, type TerminateOnNaNOptions } from './terminate-on-nan.js';

export { Callback, type CallbackModel, type Logs, type PredictLogs, type TrainingParams } from './callback.js';
export { History } from './history.js';
export { ProgbarLogger } from './progbar-logger.js';
export type { Position, Run } from './run.js';
export {
  BackupAndRestore,
  CSVLogger,
  EarlyStopping,
  LambdaCallback,
  LearningRateScheduler,
  ModelCheckpoint,
  ReduceLROnPlateau,
  RemoteMonitor,
  SwapEMAWeights,
  TensorBoard,
  TerminateOnNaN,
};

/** {@inheritDoc EarlyStopping} */
export const earlyStopping = (options: EarlyStoppingOptions = {}): EarlyStopping => new EarlyStopping(options);
/** {@inheritDoc ModelCheckpoint} */
export const modelCheckpoint = (
  filepath: string | ModelCheckpointOptions,
  options?: Omit<ModelCheckpointOptions, 'filepath'>,
): ModelCheckpoint => new ModelCheckpoint(typeof filepath === 'string' ? { ...options, filepath } : filepath);
/** {@inheritDoc LambdaCallback} */
export const lambdaCallback = (hooks: LambdaHooks): LambdaCallback => new LambdaCallback(hooks);
/** {@inheritDoc ReduceLROnPlateau} */
export const reduceLROnPlateau = (options: ReduceLROnPlateauOptions = {}): ReduceLROnPlateau =>
  new ReduceLROnPlateau(options);
/** {@inheritDoc LearningRateScheduler} */
export const learningRateScheduler = (
  schedule: LearningRateRule | LearningRateSchedulerOptions,
  options?: Omit<LearningRateSchedulerOptions, 'schedule'>,
): LearningRateScheduler =>
  new LearningRateScheduler(typeof schedule === 'function' ? { ...options, schedule } : schedule);
/** {@inheritDoc CSVLogger} */
export const csvLogger = (
  filename: string | CSVLoggerOptions,
  options?: Omit<CSVLoggerOptions, 'filename'>,
): CSVLogger => new CSVLogger(typeof filename === 'string' ? { ...options, filename } : filename);
/** {@inheritDoc TerminateOnNaN} */
export const terminateOnNaN = (options: TerminateOnNaNOptions = {}): TerminateOnNaN => new TerminateOnNaN(options);
/** {@inheritDoc BackupAndRestore} */
export const backupAndRestore = (
  backupDir: string | BackupAndRestoreOptions,
  options?: Omit<BackupAndRestoreOptions, 'backupDir'>,
): BackupAndRestore => new BackupAndRestore(typeof backupDir === 'string' ? { ...options, backupDir } : backupDir);
/** {@inheritDoc SwapEMAWeights} */
export const swapEMAWeights = (options: SwapEMAWeightsOptions = {}): SwapEMAWeights => new SwapEMAWeights(options);
/** {@inheritDoc RemoteMonitor} */
export const remoteMonitor = (options: RemoteMonitorOptions = {}): RemoteMonitor => new RemoteMonitor(options);
/** {@inheritDoc TensorBoard} */
export const tensorBoard = (
  logDir: string | TensorBoardOptions = {},
  options?: Omit<TensorBoardOptions, 'logDir'>,
): TensorBoard => new TensorBoard(typeof logDir === 'string' ? { ...options, logDir } : logDir);
