import { constant } from '../core/constant.js';
import type { Program } from '../core/program.js';
import { withScope } from '../core/scope.js';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';
import { DatasetContext } from './dataset-context.js';
import { type DatasetStep, describeLeaf, leavesOf } from './dataset-step.js';
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
    const { pass, feeds, fills, clears } = context;
    const callable = (...targets: (typeof start)[]) => program.callable([pass, ...feeds.values()], [], targets);
    const fillEach = fills.map((fill) => callable(fill));
    const begin = callable(start);
    const end = program.callable([], [], [release]);
    const forget = clears.length > 0 ? program.callable([], [], clears) : undefined;
    let filled = false;
    return {
      next,
      start: async (number) => {
        using fed = scalar64(number);
        const values = [fed.native, ...[...feeds.keys()].map(({ native }) => native)];
        if (!filled) for (const fill of fillEach) await fill.run(values);
        filled = true;
        await begin.run(values);
      },
      finish: async () => {
        await end.run([]);
        if (filled) await forget?.run([]);
        filled = false;
      },
      explain: async (failure) => explain(step, failure),
    };
  });
}

/** No elements, of these dtypes and shapes: what an iterator holds that should hold nothing. */
function nothingLike({ program, elements }: GraphDataset): GraphDataset {
  const none = elements.map(({ dtype, shape }) => constant(emptyTensor({ dtype, shape: [0, ...(shape ?? [])] })));
  return new GraphDataset(program, elements, ({ outputShapes }) => ops.tensorSliceDataset(none, { outputShapes }));
}

const RAGGED = [
  /Cannot batch tensors with different shapes in component \d+\. First element had shape (\[\S*?\]) and element \d+ had shape (\[\S*?\])/,
  /Cannot add tensor to the batch: number of elements does not match\. Shapes are: \[tensor\]: (\[\S*?\]), \[batch\]: (\[\S*?\])/,
];

/** The failure in the dataset's own words, where it has any. */
function explain(step: DatasetStep, failure: unknown): unknown {
  const [, ...shapes] = RAGGED.map((pattern) => pattern.exec(messageOf(failure))).find((found) => found) ?? [];
  const batched = nearest(step, ({ name }) => name === 'Dataset.batch')?.from[0];
  if (shapes.length === 0 || !batched) return failure;
  const open = leavesOf(batched.elementSpec).filter(([, { shape }]) => !shape || shape.includes(null));
  return new TensorFlowError(
    'ERR_SHAPE',
    `Dataset.batch: ${open.map((leaf) => describeLeaf(...leaf)).join(' or ')} has shape ${shapes[1]} in one element and ${shapes[0]} in another; bring them to one shape, or use paddedBatch.`,
    { cause: failure },
  );
}

function nearest(step: DatasetStep, is: (step: DatasetStep) => boolean): DatasetStep | undefined {
  return is(step) ? step : step.from.map((before) => nearest(before, is)).find((found) => found);
}
