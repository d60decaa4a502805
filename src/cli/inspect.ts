import type { Command } from 'commander';

/** `inspect FILE`: what a file of a model or of weights is and has. */
export function addInspectCommand(program: Command): void {
  program
    .command('inspect')
    .description('say what a model’s file or folder is and has: kind, versions, layers, signatures, weights, sizes')
    .argument('<file>', 'any model, weights or checkpoint, told by its content')
    .option('--json', 'everything, as JSON')
    .action(async (path: string, { json = false }: { json?: boolean }) => {
      const { inspect } = await import('../saving/inspect/inspect.js');
      const found = await inspect(path);
      if (json) console.log(JSON.stringify(found, null, 2));
      else console.log((await import('./inspection-text.js')).inspectionText(found));
    });
}
