import type { Command } from 'commander';
import { FORMATS } from '../saving/convert/formats.js';
import type { ConvertFlags } from './convert-files.js';

/** `convert FROM TO`: a model in another format. */
export function addConvertCommand(program: Command): void {
  program
    .command('convert')
    .description('convert a model to another format; what it is, is told by its content')
    .argument(
      '<from>',
      'a model: .h5, .keras, SavedModel, tfjs’ model.json, frozen graph; or weights: .weights.h5, .npz, .safetensors, checkpoint',
    )
    .argument('<to>', 'name of the new file or folder')
    .option(
      '--to <format>',
      `${FORMATS.join(', ')}; default: what the name ends with, a SavedModel where it ends with nothing`,
    )
    .option('--quantize <type>', 'keep weights as float16, uint16 or uint8 in tfjs, as float16 or int8 in a SavedModel')
    .option('--dialect <name>', 'for .h5: keras2 or keras3')
    .option('--architecture <model>', 'for weights alone: a model file with the layers they are of')
    .option(
      '--check <data>',
      'a .npz with input to compare outputs on, arrays by the names of the inputs; default: random',
    )
    .option('--no-check', 'do not compare outputs')
    .option('--force', 'replace what is there')
    .action(async (from: string, to: string, flags: ConvertFlags) => {
      const { convertFiles } = await import('./convert-files.js');
      await convertFiles(from, to, flags);
    });
}
