import type { Command } from 'commander';

interface PredictFlags {
  classes?: string;
  top: number;
}

/** `predict MODEL PICTURE…`: the most probable classes of pictures. */
export function addPredictCommand(program: Command): void {
  program
    .command('predict')
    .description('the most probable classes of pictures')
    .argument('<model>', 'a .h5 file, or the folder of a SavedModel')
    .argument('<pictures...>')
    .option(
      '--classes <names>',
      'class names in the order of the model’s outputs, separated by commas, or a folder with one sub-folder per class',
    )
    .option('--top <n>', 'classes to show', Number, 3)
    .action(async (path: string, pictures: string[], flags: PredictFlags) => {
      const { predictPictures } = await import('./predict-pictures.js');
      await predictPictures(path, pictures, flags);
    });
}
