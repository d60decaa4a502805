import type { Command } from 'commander';

/** `summary MODEL`: the table of a model. */
export function addSummaryCommand(program: Command): void {
  program
    .command('summary')
    .description('print the layers of a model')
    .argument('<model>', 'a .h5 file, or the folder of a SavedModel')
    .action(async (path: string) => {
      const { loadModel } = await import('../saving/load-model.js');
      using model = await loadModel(path);
      model.summary();
    });
}
