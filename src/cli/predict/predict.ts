import type { Command } from 'commander';
import { TensorFlowError } from '../../errors/errors.js';

interface PredictFlags {
  classes?: string;
  top: number;
  input?: string;
  output?: string;
  signature: string;
  batchSize: number;
}

/** `predict MODEL PICTURE…`: the most probable classes of pictures; with `--input`, all rows of a file or folder. */
export function addPredictCommand(program: Command): void {
  program
    .command('predict')
    .description('the most probable classes of pictures; or, with --input, what a model makes of all rows of a file')
    .argument('<model>', 'a .h5 or .keras file, or the folder of a SavedModel')
    .argument('[pictures...]')
    .option(
      '--classes <names>',
      'class names in the order of the model’s outputs, separated by commas, or a folder with one sub-folder per class',
    )
    .option('--top <n>', 'classes to show', Number, 3)
    .option('--input <path>', 'rows to predict: .jsonl, .csv, .tfrecord, or a folder of pictures')
    .option('--output <file>', 'a line of JSON for each row; a run that was cut off goes on where it stopped')
    .option('--signature <name>', 'what to call for --input', 'serving_default')
    .option('--batch-size <n>', 'rows that run together for --input', Number, 32)
    .action(async (path: string, pictures: string[], { input, output, ...flags }: PredictFlags) => {
      if (input === undefined && output === undefined && pictures.length > 0) {
        const { predictPictures } = await import('./pictures.js');
        return predictPictures(path, pictures, flags);
      }
      if (input === undefined || output === undefined || pictures.length > 0) {
        throw new TensorFlowError('ERR_ARGUMENT', 'predict: give pictures, or --input together with --output.');
      }
      const { predictRows } = await import('./predict-rows.js');
      return predictRows(path, { ...flags, input, output });
    });
}
