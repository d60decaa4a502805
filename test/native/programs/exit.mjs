/** Ends the process in the way named by the second argument while the run named by the first is in flight. */
import { blockingRun, busyRun, loadAddon } from './common.mjs';

const [run, way] = process.argv.slice(2);
const addon = loadAddon();
const { session, callable } = run === 'blocking' ? blockingRun(addon) : busyRun(addon);
const running = run === 'loop' ? callable.runMany([], 1e9).done : callable.run([]);

const WAYS = {
  end: async () => {
    if (run !== 'busy') setTimeout(() => session.abort(), 50);
    await running.catch(() => {});
  },
  leaveOpen: () => running,
  exit: () => setTimeout(() => process.exit(0), 50),
  exitAtOnce: () => process.exit(0),
  throw: () =>
    setTimeout(() => {
      throw new Error('thrown in mid-run');
    }, 50),
  reject: () => Promise.reject(new Error('rejected in mid-run')),
  exitInPromise: () => callable.run([]).then(() => process.exit(0)),
};
await WAYS[way]();
