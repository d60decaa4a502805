import type { Tensor } from '../core/tensor.js';
import { type BuiltSource, explained, isEnd } from '../data/source.js';
import type { NativeCallable, NativeTensor } from '../native/binding.js';
import { encode } from '../proto/codec.js';
import { RunOptions_TraceLevel, RunOptionsSchema } from '../proto/config.js';

/** How often progress is shown while an epoch runs inside the addon. */
const PROGRESS_EVERY_MS = 100;
const FULL_TRACE = encode(RunOptionsSchema, { traceLevel: RunOptions_TraceLevel.FULL_TRACE });

export interface StepHooks {
  /** Several times a second. */
  progress?: ((step: number) => Promise<void>) | undefined;
  /** Before and after every call; having one makes each `stepsPerCall` steps a call. `after` is given the last step of it. */
  before?: ((step: number) => Promise<void>) | undefined;
  after?: ((step: number) => Promise<void>) | undefined;
  /** Default 1. */
  stepsPerCall?: number | undefined;
  /** Asked after `before`: who wants the next step traced. */
  traced?: (() => ((metadata: Uint8Array) => void) | undefined) | undefined;
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
  for (let step = 0; step < limit; ) {
    if (hooks.stopped()) return { steps: step, ended: false };
    const feeds = source.feed ? await source.feed() : [];
    if (feeds === null) return { steps: step, ended: true };
    await hooks.before?.(step);
    const count = Math.min(hooks.stepsPerCall ?? 1, limit - step);
    const { steps, ended } = await runCall(callable, source, { feeds, count, traced: hooks.traced?.() });
    if (steps > 0) await hooks.after?.(step + steps - 1);
    step += steps;
    if (ended) return { steps: step, ended };
    if (hooks.progress && performance.now() - shown > PROGRESS_EVERY_MS) {
      shown = performance.now();
      await hooks.progress(step);
    }
  }
  return { steps: limit, ended: false };
}

interface Call {
  /** Of the first step. */
  feeds: readonly Tensor[];
  count: number;
  traced: ((metadata: Uint8Array) => void) | undefined;
}

/** A few steps without a hook between them. */
async function runCall(callable: NativeCallable, source: BuiltSource, call: Call): Promise<StepsDone> {
  let feeds: readonly Tensor[] | null = call.feeds;
  for (let steps = 0; steps < call.count; steps++) {
    if (steps > 0) feeds = source.feed ? await source.feed() : [];
    const outputs = feeds && (await runStep(callable, feeds, steps === 0 ? call.traced : undefined));
    if (outputs === null) return { steps, ended: true };
  }
  return { steps: call.count, ended: false };
}

/** What one step gives; null at the end of the pass. The feeds are used up. */
export async function runStep(
  callable: NativeCallable,
  feeds: readonly Tensor[],
  traced?: (metadata: Uint8Array) => void,
): Promise<NativeTensor[] | null> {
  const natives = feeds.map((t) => t.native);
  try {
    if (!traced) return await callable.run(natives);
    const { outputs, metadata } = await callable.runTraced(natives, FULL_TRACE);
    traced(metadata);
    return outputs;
  } catch (error) {
    if (isEnd(error)) return null;
    throw error;
  } finally {
    for (const feed of feeds) feed.dispose();
  }
}
