/** A side that is a new process each turn: `started-side.mjs FILE ARG…` runs the program once for each line `run`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const [file, ...args] = process.argv.slice(2);

/** Runs the program to its end; what it says of itself are its versions. */
async function start() {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
  return JSON.parse(
    said
      .trim()
      .split('\n')
      .findLast((line) => line.startsWith('{')) ?? '{}',
  );
}

await start();
say(await start());
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== 'run') continue;
  const began = performance.now();
  await start();
  say({ ms: performance.now() - began });
}

function say(answer) {
  console.log(JSON.stringify(answer));
}
