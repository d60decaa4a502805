/** ONNX Runtime's side: `onnx-runtime-side.ts RUNTIME ONNX BATCH TIMES` gives so many pictures TIMES times for each line `run`. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { say, takeTurns } from '../turns.mjs';

interface Session {
  readonly inputNames: readonly string[];
  run(feeds: Record<string, unknown>): Promise<unknown>;
}

/** What is used of `onnxruntime-node`, which lives in the cache and not among our packages. */
interface OnnxRuntime {
  readonly InferenceSession: { create(file: string): Promise<Session> };
  readonly Tensor: new (dtype: string, data: Float32Array, shape: readonly number[]) => unknown;
  readonly env: { readonly versions: Readonly<Record<string, string>> };
}

const [runtime = '', file = '', batch = '', times = ''] = process.argv.slice(2);
const require = createRequire(join(runtime, 'package.json'));
const { InferenceSession, Tensor, env } = require('onnxruntime-node') as OnnxRuntime;

const session = await InferenceSession.create(file);
const shape = [Number(batch), 224, 224, 3];
const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, Math.random);
const feeds = { [session.inputNames[0] ?? '']: new Tensor('float32', values, shape) };

await work();
say({ ready: { 'ONNX Runtime for Node': env.versions.node } });
await takeTurns(work);

async function work(): Promise<void> {
  for (let i = 0; i < Number(times); i++) await session.run(feeds);
}
