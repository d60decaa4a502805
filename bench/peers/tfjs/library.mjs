/** tfjs from the folder that is the program's first argument, with the backend that is the second. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, backend] = process.argv.slice(2);
const require = createRequire(join(folder, 'package.json'));
/** By backend, what a program requires; the first is what it calls. */
const PACKAGES = { tensorflow: ['tfjs-node'], wasm: ['tfjs', 'tfjs-backend-wasm'], cpu: ['tfjs'] };

const [name] = PACKAGES[backend];
export const [tf] = PACKAGES[backend].map((one) => require(`@tensorflow/${one}`));
await tf.setBackend(backend);
export const VERSIONS = { [name]: tf.version[name] };
