import { config } from '../core/config.js';
import { listClassFolders } from '../data/class-folders.js';
import { TensorFlowError } from '../errors/errors.js';
import type { Model } from '../models/model.js';
import { smallCnn } from '../models/small-cnn.js';
import { loadModel } from '../saving/load-model.js';
import { train } from '../train.js';
import { formatLogs } from '../training/callbacks/progbar-logger.js';
import type { TrainFlags } from './train.js';

/** The augmentation of the chapter. */
const AUGMENT = { rotationRange: 15, widthShiftRange: 0.2, heightShiftRange: 0.2, horizontalFlip: true };

/** Trains on a folder as the flags say, and prints how it ended. */
export async function trainFolder(folder: string, flags: TrainFlags): Promise<void> {
  if (flags.seed !== undefined) config({ seed: flags.seed });
  const { epochs, batchSize, precision, checkpoint, valid, patience, plot, tensorboard, seed } = flags;
  const imageSize = parseSize(flags.imageSize);
  const { model, history, evaluation } = await train({
    model: await modelFor(folder, flags, imageSize),
    train: folder,
    imageSize,
    epochs,
    batchSize,
    precision,
    checkpoint,
    verbose: 1,
    onError: flags.skipUnreadable ? 'skip' : 'throw',
    ...(flags.augment ? { augment: AUGMENT } : {}),
    ...(valid === undefined ? {} : { valid }),
    ...(patience === undefined ? {} : { patience }),
    ...(plot === undefined ? {} : { plot }),
    ...(tensorboard === undefined ? {} : { tensorBoard: tensorboard }),
    ...(seed === undefined ? {} : { seed }),
  });
  if (evaluation) console.log(`validation: ${formatLogs(evaluation).join(' - ')}`);
  const kept = history.epoch.length > 0;
  console.log(
    kept ? `The best model is in ${checkpoint}.` : 'Stopped before the first epoch ended; nothing was saved.',
  );
  model.dispose();
}

async function modelFor(folder: string, flags: TrainFlags, [height, width]: [number, number]): Promise<Model> {
  if (flags.model !== undefined) return loadModel(flags.model);
  const { classNames } = await listClassFolders(folder, { severalClasses: true });
  return smallCnn({ inputShape: [height, width, 3], classes: classNames.length });
}

function parseSize(text: string): [number, number] {
  const [height, width = height] = text.split(/[x×,]/).map(Number);
  if (Number.isInteger(height) && Number.isInteger(width) && Number(height) > 0 && Number(width) > 0) {
    return [Number(height), Number(width)];
  }
  throw new TensorFlowError('ERR_ARGUMENT', `--image-size takes height×width such as 32x32, got '${text}'.`);
}
