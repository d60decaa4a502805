import { DirectoryFlow } from './data/directory-flow.js';
import { type ImageDataGenerator, type ImageDataGeneratorOptions, imageDataGenerator } from './data/index.js';
import type { DataSource } from './data/source.js';
import { TensorFlowError } from './errors/errors.js';
import { checkOptions } from './errors/suggest.js';
import type { Model } from './models/model.js';
import { history as plotHistory } from './plots/index.js';
import type { Callback, History, Logs } from './training/callbacks/index.js';
import { earlyStopping, modelCheckpoint, tensorBoard as tensorBoardCallback } from './training/callbacks/index.js';
import type { Precision } from './training/compiled.js';
import './saving/h5-format.js';

export interface TrainOptions {
  /** The model; compiled here with `adam`, categorical cross-entropy and accuracy where it is not yet. */
  model: Model;
  /** A folder with one sub-folder of pictures per class, or a data source. */
  train: string | DataSource;
  /** Pictures of the same classes to validate with. */
  valid?: string | DataSource;
  /** `[height, width]` pictures are brought to. Default: the model's input. */
  imageSize?: readonly [number, number];
  /** Default 32. */
  batchSize?: number;
  /** Most epochs. Default 10. */
  epochs?: number;
  /** Options of `imageDataGenerator` for the training pictures; `rescale` 1/255 is implied for both sets. */
  augment?: ImageDataGeneratorOptions;
  /** `skip` leaves out pictures that cannot be read and says how many; `throw` (default) names the first and stops. */
  onError?: 'throw' | 'skip';
  /** Epochs without a better validation accuracy (loss, without validation) after which training stops. */
  patience?: number;
  /** Where the best model is kept, by validation loss. */
  checkpoint?: string;
  /** Where the curves are drawn, `.png` or `.svg`. */
  plot?: string;
  /** Folder for TensorBoard: curves, and the weights of every epoch as histograms. */
  tensorBoard?: string;
  /** More callbacks. */
  callbacks?: readonly Callback[];
  /** Seed of the order and of augmentation. */
  seed?: number;
  /** What the layers compute in, as in `model.compile`. Default: as the layers were made. */
  precision?: Precision;
  verbose?: 0 | 1 | 2 | 'auto';
  /** Stops after the running step and keeps the best checkpoint. */
  signal?: AbortSignal;
}

export interface TrainResult {
  model: Model;
  history: History;
  /** Loss and metrics on the validation set after training; undefined without one. */
  evaluation: Logs | undefined;
}

const OPTION_NAMES = [
  'model',
  'train',
  'valid',
  'imageSize',
  'batchSize',
  'epochs',
  'augment',
  'onError',
  'patience',
  'checkpoint',
  'plot',
  'tensorBoard',
  'callbacks',
  'seed',
  'precision',
  'verbose',
  'signal',
];

/**
 * Folders of pictures in, a trained model out: augmentation, early stopping, checkpoint, curves.
 *
 * Ctrl-C ends after the running step, with the best checkpoint on disk.
 *
 * @throws ERR_DATA_EMPTY, ERR_ONE_CLASS, ERR_LABELS, ERR_DATA_PICTURE for the pictures; ERR_NOT_WRITABLE before training
 * @example
 * const { history, evaluation } = await train({
 *   model, train: 'data1/train', valid: 'data1/valid', epochs: 100, patience: 10,
 *   augment: { rotationRange: 15, horizontalFlip: true }, checkpoint: 'model.h5', plot: 'history.png',
 * });
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  checkOptions('train', options, OPTION_NAMES);
  const { model, epochs = 10, verbose = 'auto' } = options;
  const interrupt = interruption(options.signal);
  try {
    const trainSource = await source(options, options.train, options.augment ?? {}, true);
    const validSource = options.valid === undefined ? undefined : await source(options, options.valid, {}, false);
    checkClasses(trainSource, validSource);
    if (!model.isCompiled) model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
    if (options.precision) model.setPrecision(options.precision);
    if (options.precision === 'auto' && verbose !== 0) console.log(`Precision: ${model.dtypePolicy.name}`);
    const history = await model.fit(trainSource, {
      epochs,
      verbose,
      callbacks: callbacksFor(options),
      signal: interrupt.signal,
      ...(validSource ? { validationData: validSource } : {}),
    });
    if (options.plot && history.epoch.length > 0) await plotHistory(history, { file: options.plot });
    const evaluation = validSource && !interrupt.signal.aborted ? await model.evaluate(validSource) : undefined;
    return { model, history, evaluation };
  } finally {
    interrupt.done();
  }
}

/** A folder as a flow of batches; a source stays as it is. */
async function source(
  { model, imageSize, batchSize = 32, seed, onError = 'throw' }: TrainOptions,
  from: string | DataSource,
  augment: ImageDataGeneratorOptions,
  shuffle: boolean,
): Promise<DataSource> {
  if (typeof from !== 'string') return from;
  const targetSize = imageSize ?? inputSize(model);
  const generator: ImageDataGenerator = imageDataGenerator({ rescale: 1 / 255, ...augment });
  return generator.flowFromDirectory(from, {
    targetSize,
    batchSize,
    shuffle,
    onError,
    ...(seed === undefined ? {} : { seed }),
  });
}

/** A class is a number for the network, so both folders must have the same ones in the same order. */
function checkClasses(train: DataSource, valid: DataSource | undefined): void {
  if (!(train instanceof DirectoryFlow && valid instanceof DirectoryFlow)) return;
  const [there, here] = [train.classNames, valid.classNames];
  if (there.join('/') === here.join('/')) return;
  throw new TensorFlowError(
    'ERR_LABELS',
    `train: '${valid.directory}' has the classes ${here.join(', ')}, '${train.directory}' ${there.join(', ')}; give both the same sub-folders.`,
  );
}

function inputSize(model: Model): [number, number] {
  const [, height, width] = model.inputShape ?? [];
  if (height && width) return [height, width];
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    'train: the model does not say its picture size; give imageSize: [height, width].',
  );
}

function callbacksFor({ valid, patience, checkpoint, tensorBoard, callbacks = [] }: TrainOptions): Callback[] {
  const own: Callback[] = [];
  if (patience !== undefined) own.push(earlyStopping({ monitor: valid ? 'val_accuracy' : 'loss', patience }));
  if (checkpoint !== undefined) {
    own.push(modelCheckpoint({ filepath: checkpoint, monitor: valid ? 'val_loss' : 'loss', saveBestOnly: true }));
  }
  if (tensorBoard !== undefined) own.push(tensorBoardCallback(tensorBoard, { histogramFreq: 1 }));
  return [...own, ...callbacks];
}

/** A signal that Ctrl-C, or the caller's own signal, aborts. */
function interruption(outer: AbortSignal | undefined): { signal: AbortSignal; done: () => void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop);
  if (outer?.aborted) stop();
  outer?.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    done: () => {
      process.off('SIGINT', stop);
      outer?.removeEventListener('abort', stop);
    },
  };
}
