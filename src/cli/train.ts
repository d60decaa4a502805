import type { Command } from 'commander';
import type { Precision } from '../training/compiled.js';

export interface TrainFlags {
  valid?: string;
  model?: string;
  epochs: number;
  batchSize: number;
  imageSize: string;
  patience?: number;
  checkpoint: string;
  plot?: string;
  tensorboard?: string;
  seed?: number;
  precision: Precision;
  augment: boolean;
  skipUnreadable?: boolean;
}

/** `train FOLDER`: folders of pictures in, a trained model out. */
export function addTrainCommand(program: Command): void {
  program
    .command('train')
    .description('train a network on a folder of pictures, one sub-folder per class')
    .argument('<folder>')
    .option('--valid <folder>', 'pictures to validate with')
    .option('--model <file>', 'a .h5 file or a SavedModel to train on from; default: a new small CNN')
    .option('--epochs <n>', 'most epochs', Number, 10)
    .option('--batch-size <n>', 'pictures of one step', Number, 50)
    .option('--image-size <size>', 'height×width pictures are brought to, e.g. 32x32', '32x32')
    .option('--patience <n>', 'epochs without improvement after which training stops', Number)
    .option('--checkpoint <file>', 'where the best model is kept', 'model.h5')
    .option('--plot <file>', 'where the curves are drawn, .png or .svg')
    .option('--tensorboard <folder>', 'where curves and weights are written for TensorBoard')
    .option('--seed <n>', 'makes the order of the pictures repeatable', Number)
    .option(
      '--precision <name>',
      'float32, mixed_bfloat16, mixed_float16, or auto: what the device is fastest in',
      'float32',
    )
    .option('--skip-unreadable', 'leave out pictures that cannot be read, and say how many')
    .option('--no-augment', 'train on the pictures as they are')
    .action(async (folder: string, flags: TrainFlags) => {
      const { trainFolder } = await import('./train-folder.js');
      await trainFolder(folder, flags);
    });
}
