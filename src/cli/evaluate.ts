import type { Command } from 'commander';

interface EvaluateFlags {
  batchSize: number;
}

/** `evaluate MODEL FOLDER`: loss and metrics on a folder of pictures. */
export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description('loss and metrics of a model on a folder of pictures, one sub-folder per class')
    .argument('<model>', 'a .h5 file, or the folder of a SavedModel')
    .argument('<folder>')
    .option('--batch-size <n>', 'pictures of one step', Number, 50)
    .action(async (path: string, folder: string, { batchSize }: EvaluateFlags) => {
      const { loadModel } = await import('../saving/load-model.js');
      const { folderFlow } = await import('./folder-flow.js');
      const { formatLogs } = await import('../training/callbacks/progbar-logger.js');
      using model = await loadModel(path);
      const logs = await model.evaluate(await folderFlow(model, folder, batchSize));
      console.log(formatLogs(logs).join(' - '));
    });
}
