/**
 * A picture of 224 × 224 × 3 to a model that does next to nothing: as JSON numbers, as bytes, as a JPEG.
 *
 * tsx bench/serving/formats.ts [seconds]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import sharp from 'sharp';
import * as tf from '../../src/index.js';
import { machine } from '../machine.js';
import { startServer } from './serving-side.js';

const [seconds = '5'] = process.argv.slice(2);
const [size, channels] = [224, 3] as const;
const base = await mkdtemp(join(tmpdir(), 'formats-'));

async function saveModel(): Promise<void> {
  using program = new tf.Program();
  const corner = (x: tf.Output): tf.Output => tf.ops.slice(x, [0, 0, 0, 0], [-1, 1, 1, channels]);
  program.function('serving_default', { x: tf.spec('float32', [null, size, size, channels]) }, ({ x }) => ({
    y: corner(x),
  }));
  program.function('files', { jpeg: tf.spec('string', [1]) }, ({ jpeg }) => {
    const picture = tf.ops.decodeJpeg(tf.ops.reshape(jpeg, []), { channels });
    return { y: corner(tf.ops.expandDims(tf.ops.div(tf.ops.cast(picture, 'float32'), 255), 0)) };
  });
  await program.save(base);
}

const pixels = Uint8Array.from(
  { length: size * size * channels },
  (_, i) => 128 + 100 * Math.sin(i / 500) + 20 * Math.sin(i),
);
const jpeg = await sharp(pixels, { raw: { width: size, height: size, channels } })
  .jpeg()
  .toBuffer();
const floats = Float32Array.from(pixels, (value) => value / 255);
const nested = (round: (value: number) => number) =>
  Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (_, x) => [...floats.subarray((y * size + x) * 3, (y * size + x) * 3 + 3)].map(round)),
  );
const head = JSON.stringify({
  inputs: [
    {
      name: 'x',
      shape: [1, size, size, channels],
      datatype: 'FP32',
      parameters: { binary_data_size: floats.byteLength },
    },
  ],
});

interface Request {
  readonly path: string;
  readonly body: string | Buffer;
  readonly headers?: Record<string, string>;
}
const predict = '/v1/models/model:predict';
const requests: Record<string, Request> = {
  'JSON, as Python writes it': {
    path: predict,
    body: JSON.stringify({ instances: [nested((value) => value)] }),
  },
  'JSON, 4 digits': {
    path: predict,
    body: JSON.stringify({ instances: [nested((value) => Number(value.toFixed(4)))] }),
  },
  'KServe bytes': {
    path: '/v2/models/model/infer',
    body: Buffer.concat([Buffer.from(head), Buffer.from(floats.buffer)]),
    headers: { 'inference-header-content-length': String(head.length) },
  },
  'JPEG in b64': {
    path: predict,
    body: JSON.stringify({ signature_name: 'files', instances: [{ b64: jpeg.toString('base64') }] }),
  },
};

console.log(machine());
try {
  await saveModel();
  for (const [name, { path, body, headers = {} }] of Object.entries(requests)) {
    await using server = await startServer(base, {});
    const load = { url: server.url + path, method: 'POST' as const, body, headers, connections: 8 };
    await autocannon({ ...load, duration: 1 });
    const { requests, latency, non2xx, errors } = await autocannon({ ...load, duration: Number(seconds) });
    const failures = non2xx + errors;
    console.log({
      name,
      kilobytes: Math.round(body.length / 1000),
      requestsPerSecond: Math.round(requests.average),
      medianMillis: latency.p50,
      failures,
    });
  }
} finally {
  await rm(base, { recursive: true, force: true });
}
