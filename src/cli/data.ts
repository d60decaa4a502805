import type { Command } from 'commander';
import type { SaveDatasetOptions } from './save-dataset.js';

/** `data cifar10 FOLDER`, `data mnist FOLDER`: public data sets as folders of pictures. */
export function addDataCommand(program: Command): void {
  program
    .command('data')
    .description('write a public data set as folders of pictures')
    .argument('<name>', 'cifar10 or mnist')
    .argument('[folder]', 'where to write; default: data/cifar_10_images, data/mnist_images')
    .option('--limit <n>', 'only the first n pictures of each class', Number)
    .option('--archive <path>', 'cifar10: a cifar-10-binary.tar.gz to use instead of downloading')
    .option('--from <folder>', 'mnist: a folder with the four official files to use instead of downloading')
    .action(async (name: string, folder: string | undefined, options: SaveDatasetOptions) => {
      const { saveDataset } = await import('./save-dataset.js');
      await saveDataset(name, folder, options);
    });
}
