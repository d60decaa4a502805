import { constant } from '../core/constant.js';
import type { Program } from '../core/program.js';
import { withScope } from '../core/scope.js';
import * as ops from '../ops/index.js';
import { DatasetContext } from './dataset-context.js';
import type { DatasetStep } from './dataset-step.js';
import { GraphDataset } from './graph-dataset.js';
import { emptyTensor, scalar64 } from './host-values.js';
import type { BuiltSource } from './source.js';

/** Puts a dataset into a program. */
export function buildDataset(step: DatasetStep, program: Program): BuiltSource {
  // Why: most steps have no other kernels, and a GPU is better left to the model.
  return withScope(program.scope.sub('dataset').onDevice('/device:CPU:0'), () => {
    const context = new DatasetContext(program);
    const made = step.build(context);
    const { iterator, start, next } = (step.name === 'Dataset.prefetch' ? made : made.prefetch()).iterate();
    const release = ops.makeIterator(nothingLike(made).handle, iterator);
    const { pass, feeds, fills, sources } = context;
    const callable = (...targets: (typeof start)[]) => program.callable([pass, ...feeds.values()], [], targets);
    const fillEach = fills.map((fill) => callable(fill));
    const begin = callable(start);
    const end = program.callable([], [], [release]);
    let filled = false;
    return {
      next,
      start: async (number) => {
        using fed = scalar64(number);
        const values = [fed.native, ...[...feeds.keys()].map(({ native }) => native)];
        try {
          if (!filled) for (const fill of fillEach) await fill.run(values);
          filled = true;
          await begin.run(values);
          for (const source of sources) await source.start();
        } catch (failure) {
          throw await explained(step, failure);
        }
      },
      finish: async () => {
        await end.run([]);
        for (const source of sources) await source.finish();
      },
      explain: (failure) => explained(step, failure),
    };
  });
}

/** No elements, of these dtypes and shapes: what an iterator holds that should hold nothing. */
function nothingLike({ program, elements }: GraphDataset): GraphDataset {
  const none = elements.map(({ dtype, shape }) => constant(emptyTensor({ dtype, shape: [0, ...(shape ?? [])] })));
  return new GraphDataset(program, elements, ({ outputShapes }) => ops.tensorSliceDataset(none, { outputShapes }));
}

/** The failure as the last step that knows more about it tells. */
async function explained(step: DatasetStep, failure: unknown): Promise<unknown> {
  const own = (await step.explain?.(failure)) ?? failure;
  if (own !== failure) return own;
  for (const before of step.from) {
    const other = await explained(before, failure);
    if (other !== failure) return other;
  }
  return failure;
}
