import type { Tensor } from '../core/tensor.js';
import { type BuiltSource, explained, isEnd } from '../data/source.js';
import type { NativeCallable, NativeTensor } from '../native/binding.js';

/** How often progress is shown while an epoch runs inside the addon. */
const PROGRESS_EVERY_MS = 100;

export interface StepHooks {
  /** Several times a second. */
  progress?: ((step: number) => Promise<void>) | undefined;
  /** Around every step; having one makes each step a call of its own. */
  before?: ((step: number) => Promise<void>) | undefined;
  after?: ((step: number) => Promise<void>) | undefined;
  /** Asked between steps, or by the timer: whether to stop. */
  stopped: () => boolean;
}

/** How a pass over a source ended. */
export interface StepsDone {
  steps: number;
  /** Whether the source had no more batches. */
  ended: boolean;
}

/** Runs up to `limit` steps: inside the addon, or one by one where JavaScript has a part in each. */
export async function runSteps(
  callable: NativeCallable,
  source: BuiltSource,
  limit: number,
  hooks: StepHooks,
): Promise<StepsDone> {
  try {
    if (source.feed || hooks.before || hooks.after) return await runOneByOne(callable, source, limit, hooks);
    return await runInside(callable, limit, hooks);
  } catch (failure) {
    throw await explained(source, failure);
  }
}

async function runInside(callable: NativeCallable, limit: number, hooks: StepHooks): Promise<StepsDone> {
  const loop = callable.runMany([], Math.min(limit, Number.MAX_SAFE_INTEGER));
  let showing = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (hooks.stopped()) loop.stop();
    if (busy || !hooks.progress) return;
    busy = true;
    showing = hooks.progress(loop.steps()).finally(() => {
      busy = false;
    });
    // Why here: it is awaited when the loop is done, and must neither count as unhandled until then nor run again.
    showing.catch(() => {
      clearInterval(timer);
      loop.stop();
    });
  }, PROGRESS_EVERY_MS);
  try {
    const { steps, ended } = await loop.done;
    return { steps, ended };
  } finally {
    clearInterval(timer);
    await showing;
  }
}

async function runOneByOne(
  callable: NativeCallable,
  source: BuiltSource,
  limit: number,
  hooks: StepHooks,
): Promise<StepsDone> {
  let shown = performance.now();
  for (let step = 0; step < limit; step++) {
    if (hooks.stopped()) return { steps: step, ended: false };
    const feeds = source.feed ? await source.feed() : [];
    if (feeds === null) return { steps: step, ended: true };
    await hooks.before?.(step);
    const outputs = await runStep(callable, feeds);
    if (outputs === null) return { steps: step, ended: true };
    await hooks.after?.(step);
    if (hooks.progress && performance.now() - shown > PROGRESS_EVERY_MS) {
      shown = performance.now();
      await hooks.progress(step + 1);
    }
  }
  return { steps: limit, ended: false };
}

/** What one step gives; null at the end of the pass. The feeds are used up. */
export async function runStep(callable: NativeCallable, feeds: readonly Tensor[]): Promise<NativeTensor[] | null> {
  try {
    return await callable.run(feeds.map((t) => t.native));
  } catch (error) {
    if (isEnd(error)) return null;
    throw error;
  } finally {
    for (const feed of feeds) feed.dispose();
  }
}
