/**
 * What tfjs predicts: `judge_tfjs.mjs FOLDER BACKEND`, where FOLDER has tfjs installed, reads a line of JSON for each model,
 *
 *     { "model": "…/model.json", "inputs": [{ "file": "x.f32", "dtype": "float32", "shape": [1, 224, 224, 3] }] }
 *
 * and prints a line for each: its outputs, one after the other, as a JSON list.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const [folder, backend] = process.argv.slice(2);
const require = createRequire(join(folder, 'package.json'));
const tf = require('@tensorflow/tfjs');
if (backend === 'wasm') require('@tensorflow/tfjs-backend-wasm');
if (!(await tf.setBackend(backend))) throw new Error(`tfjs has no backend '${backend}' here.`);

for await (const line of createInterface({ input: process.stdin })) {
  const { model: path, inputs } = JSON.parse(line);
  const model = await load(path);
  const x = await Promise.all(inputs.map(inputOf));
  const outputs = [model.predict(x.length === 1 ? x[0] : x)].flat();
  const values = await Promise.all(outputs.map((output) => output.data()));
  console.log(JSON.stringify(values.flatMap((value) => [...value])));
}

/** As tfjs' own handler for files, which only tfjs-node has, gives them. */
async function load(path) {
  const { weightsManifest, ...json } = JSON.parse(await readFile(path, 'utf8'));
  const names = weightsManifest.flatMap(({ paths }) => paths);
  const files = await Promise.all(names.map((name) => readFile(join(dirname(path), name))));
  const weightData = Uint8Array.from(Buffer.concat(files)).buffer;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const handler = { load: async () => ({ ...json, weightSpecs, weightData }) };
  return json.format === 'graph-model' ? tf.loadGraphModel(handler) : tf.loadLayersModel(handler);
}

async function inputOf({ file, dtype, shape }) {
  const bytes = Uint8Array.from(await readFile(file)).buffer;
  return tf.tensor(dtype === 'int32' ? new Int32Array(bytes) : new Float32Array(bytes), shape, dtype);
}
