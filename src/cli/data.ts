import type { Command } from 'commander';

/** `data cifar10 FOLDER`: public data sets as folders of pictures. */
export function addDataCommand(program: Command): void {
  program
    .command('data')
    .description('write a public data set as folders of pictures')
    .argument('<name>', 'cifar10')
    .argument('[folder]', 'where to write', 'data/cifar_10_images')
    .option('--limit <n>', 'only the first n pictures of each class', Number)
    .option('--archive <path>', 'a cifar-10-binary.tar.gz to use instead of downloading')
    .action(async (name: string, folder: string, options: { limit?: number; archive?: string }) => {
      const { saveDataset } = await import('./save-dataset.js');
      await saveDataset(name, folder, options);
    });
}
