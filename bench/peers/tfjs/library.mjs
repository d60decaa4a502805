/** tfjs-node from the folder that is the program's first argument. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);

export const tf = createRequire(join(folder, 'package.json'))('@tensorflow/tfjs-node');
export const VERSIONS = { 'tfjs-node': tf.version['tfjs-node'] };
