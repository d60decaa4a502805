import { availableParallelism } from 'node:os';
import type { Operand } from '../core/operand.js';
import type { Operation, Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import { Scope } from '../core/scope.js';
import type { Shape } from '../core/shape.js';
import type { TensorSpec } from '../core/spec.js';
import * as ops from '../ops/index.js';
import { DatasetFunction } from './dataset-function.js';

type Body = (...inputs: Output[]) => Output[];
type Element = TensorSpec<Shape>;

/** Batches that are ready before anyone asks for them. */
export const READY = 2;
/** Small elements that wait for a thread, so that none falls asleep between two of them. */
const WAITING = 30;

/** A dataset of the library in the graph being built, with the dtypes and shapes of its elements. */
export class GraphDataset {
  readonly program: Program;
  readonly handle: Output;
  readonly elements: readonly Element[];

  constructor(program: Program, elements: readonly Element[], handle: (types: ElementTypes) => Output) {
    this.program = program;
    this.elements = elements;
    this.handle = handle(typesOf(elements));
  }

  /** 0, step, 2 · step … below `stop`, int64 scalars. */
  static range(program: Program, stop: Operand, step = 1): GraphDataset {
    return new GraphDataset(program, [{ dtype: 'int64', shape: [] }], (types) =>
      ops.rangeDataset(0, stop, step, types),
    );
  }

  /** Elements made by `body` on all cores, in order. It may use what surrounds it, but draw no random numbers. */
  map(elements: readonly Element[], body: Body): GraphDataset {
    const { f, captured } = this.#function('map', body);
    return new GraphDataset(this.program, elements, (types) =>
      ops.parallelMapDatasetV2(this.handle, captured, availableParallelism(), { ...types, f, deterministic: 'true' }),
    );
  }

  /** As {@link map}, then batches of the results; the last one may be short. */
  mapAndBatch(elements: readonly Element[], batchSize: number, body: Body): GraphDataset {
    const { f, captured } = this.#function('map_and_batch', body);
    return new GraphDataset(this.program, elements.map(batched), (types) =>
      ops.mapAndBatchDataset(this.handle, captured, batchSize, availableParallelism() + WAITING, false, {
        ...types,
        f,
      }),
    );
  }

  batch(batchSize: number): GraphDataset {
    return new GraphDataset(this.program, this.elements.map(batched), (types) =>
      ops.batchDatasetV2(this.handle, batchSize, false, types),
    );
  }

  /** Without the elements that fail. */
  ignoreErrors(): GraphDataset {
    return new GraphDataset(this.program, this.elements, (types) => ops.ignoreErrorsDataset(this.handle, types));
  }

  prefetch(): GraphDataset {
    return new GraphDataset(this.program, this.elements, (types) => ops.prefetchDataset(this.handle, READY, types));
  }

  /** `start` begins at the first element; `next`, inside a traced function, gives one after the other. */
  iterate(): DatasetIterator {
    const types = typesOf(this.elements);
    const sharedName = this.program.graph.uniqueName('iterator');
    const iterator = ops.iteratorV2({ ...types, sharedName, container: '' });
    const next = () => [...ops.iteratorGetNext(iterator, types)];
    return { iterator, start: ops.makeIterator(this.handle, iterator), next };
  }

  #function(name: string, build: Body): { f: string; captured: Output[] } {
    // Why: without the program's generator, since every element would draw the same numbers.
    using body = new DatasetFunction(new Scope(this.program.graph), this.elements, build);
    return { f: body.define(name), captured: body.captured };
  }
}

export interface DatasetIterator {
  readonly iterator: Output;
  readonly start: Operation;
  readonly next: () => Output[];
}

export type ElementTypes = ReturnType<typeof typesOf>;

/** As the library's ops take them. */
export function typesOf(elements: readonly Element[]) {
  return { outputTypes: elements.map(({ dtype }) => dtype), outputShapes: elements.map(({ shape }) => shape) };
}

function batched({ dtype, shape }: Element): Element {
  return { dtype, shape: shape && [null, ...shape] };
}
