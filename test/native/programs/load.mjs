/** Calls `load` with the JSON lists of files given as arguments, and prints what came of each. */
import { createRequire } from 'node:module';

const addon = createRequire(import.meta.url)(process.env.ADDON);

function attempt(act) {
  try {
    return act() ?? 'ok';
  } catch ({ code, message }) {
    return { code, message };
  }
}

const before = {
  ...Object.fromEntries(
    ['version', 'opList', 'kernelList', 'graph', 'session', 'tensor', 'stringTensor', 'allocate', 'loadLibrary'].map(
      (name) => [name, attempt(() => addon[name]()).code],
    ),
  ),
  loadSavedModel: await addon.loadSavedModel('', []).catch(({ code }) => code),
};
const loads = process.argv.slice(2).map((files) => attempt(() => addon.load(JSON.parse(files))));
console.log(JSON.stringify({ before, counters: addon.counters(), loads, after: attempt(() => addon.version()) }));
