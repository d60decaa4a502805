/** Drops tensors, sessions and graphs without disposing them; prints the counters once they were collected. */
import { setTimeout } from 'node:timers/promises';
import { busyRun, loadAddon } from './common.mjs';

const addon = loadAddon();

async function useAndDrop() {
  const { callable } = busyRun(addon, 20);
  const [output] = await callable.run([]);
  output.buffer();
  addon.stringTensor([2], ['a', 'a string that is longer than the inline part']).strings();
}

for (let i = 0; i < 20; i++) await useAndDrop();
for (let i = 0; i < 20; i++) {
  globalThis.gc();
  await setTimeout(5);
}
console.log(JSON.stringify(addon.counters()));
