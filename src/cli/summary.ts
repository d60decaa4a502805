import type { Command } from 'commander';

/** `summary MODEL`: the table of a model file. */
export function addSummaryCommand(program: Command): void {
  program
    .command('summary')
    .description('print the layers of a model file')
    .argument('<model>', 'a .h5 file')
    .action(async (path: string) => {
      const { loadModel } = await import('../saving/load-model.js');
      using model = await loadModel(path);
      model.summary();
    });
}
