/** A side that is a new process each turn: `started-side.mjs FILE ARG…` runs the program once for each line `run`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { say, takeTurns } from './turns.mjs';

const [file, ...args] = process.argv.slice(2);

await start();
say(await start());
await takeTurns(start);

/** Runs the program to its end, and ends as it does where it fails; what it says of itself are its versions. */
async function start() {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) process.exit(code ?? 1);
  return JSON.parse(
    said
      .trim()
      .split('\n')
      .findLast((line) => line.startsWith('{')) ?? '{}',
  );
}
