/**
 * Where the time of `start.mjs` goes, stage by stage: medians of new processes, in milliseconds.
 *
 *     node bench/start-stages.mjs [PROCESSES]
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { smallCnn } from './small-cnn.mjs';

const STAGES = ['Node itself', 'import', 'opening the library', 'building the network', 'first prediction'];

if (process.argv[2] === '--stages') console.log(JSON.stringify(await stages()));
else table(Number(process.argv[2] ?? 7));

/** What one process takes for each stage. */
async function stages() {
  const times = [0, performance.now()];
  const mark = () => times.push(performance.now());
  const tf = await import('libtensorflow-node');
  mark();
  tf.version.tensorflow;
  mark();
  const model = smallCnn(tf);
  mark();
  await (await model.predict(tf.tensor(new Float32Array(32 * 32 * 3), [1, 32, 32, 3]))).data();
  mark();
  return times.slice(1).map((time, i) => time - times[i]);
}

function table(processes) {
  const runs = Array.from({ length: processes }, () =>
    JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--stages'], { encoding: 'utf8' })),
  );
  for (const [i, name] of STAGES.entries()) {
    const sorted = runs.map((times) => times[i]).sort((a, b) => a - b);
    console.log(`${name.padEnd(24)}${sorted[Math.floor(processes / 2)].toFixed(1).padStart(8)} ms`);
  }
}
