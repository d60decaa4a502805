/**
 * Sets up all peers in the per-user cache, those that are not there: `npx tsx bench/peers/setup.ts`. What cannot be had is
 * told, and is a gap in the tables.
 */
import { messageOf } from '../../src/errors/errors.js';
import { fastapiPython } from './fastapi.js';
import { kerasPython } from './keras.js';
import { onnxTools } from './onnx-runtime.js';
import { tfjsFolder } from './tfjs.js';
import { tfjsNodeFolder } from './tfjs-node.js';
import { torchPython } from './torch.js';

const PEERS: Readonly<Record<string, (log: (line: string) => void) => Promise<unknown>>> = {
  'tfjs wasm, tfjs cpu': tfjsFolder,
  'tfjs-node': tfjsNodeFolder,
  Keras: kerasPython,
  'FastAPI + Keras': fastapiPython,
  'ONNX Runtime': onnxTools,
  PyTorch: torchPython,
};

for (const [name, setUp] of Object.entries(PEERS)) {
  try {
    await setUp(console.log);
    console.log(`${name}: ready`);
  } catch (error) {
    console.log(`${name}: missing, ${messageOf(error)}`);
  }
}
