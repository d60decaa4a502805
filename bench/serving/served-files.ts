import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '../../src/index.js';
import { smallCnn } from '../../src/models/small-cnn.js';

/** How a picture comes: TensorFlow Serving's JSON, or KServe's bytes. */
export type Form = 'json' | 'bytes';

/** Values of a picture of 32 × 32 × 3, with as many digits as they are sent with. */
const PICTURE = Array.from({ length: 32 }, (_, row) =>
  Array.from({ length: 32 }, (_, column) =>
    [row, column, row + column].map((value) => Number((value / 64).toFixed(4))),
  ),
);

/** One model in the formats of all servers, and what it says of the picture. */
export async function writeServed(scratch: string): Promise<string> {
  const folder = join(scratch, 'served');
  if (existsSync(folder)) return folder;
  await mkdir(folder);
  const model = smallCnn();
  await model.exportSavedModel(join(folder, 'savedmodel'));
  await model.save(join(folder, 'model.keras'));
  await tf.saveTfjs(model, join(folder, 'tfjs'));
  using x = tf.tensor([PICTURE]);
  using y = await model.predict(x, { verbose: 0 });
  await writeFile(join(folder, 'answer.json'), JSON.stringify(await y.array()));
  return folder;
}

/** The request for one picture. */
export async function requestOf(form: Form, url: string): Promise<{ headers: Record<string, string>; body: Buffer }> {
  if (form === 'json') {
    const body = Buffer.from(JSON.stringify({ instances: [PICTURE] }));
    return { headers: { 'content-type': 'application/json' }, body };
  }
  const bytes = Buffer.from(Float32Array.from(PICTURE.flat(2)).buffer);
  const { inputs } = (await (await fetch(new URL('.', url))).json()) as { inputs: object[] };
  const input = { ...inputs[0], shape: [1, 32, 32, 3], parameters: { binary_data_size: bytes.length } };
  const head = Buffer.from(JSON.stringify({ inputs: [input] }));
  return { headers: { 'inference-header-content-length': String(head.length) }, body: Buffer.concat([head, bytes]) };
}
