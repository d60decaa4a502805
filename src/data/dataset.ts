import { availableParallelism } from 'node:os';
import { FunctionBody } from '../core/function-body.js';
import type { Operand } from '../core/operand.js';
import type { Operation, Output } from '../core/output.js';
import type { Program, TensorSpec } from '../core/program.js';
import { currentScope, Scope } from '../core/scope.js';
import * as ops from '../ops/index.js';

type Body = (...inputs: Output[]) => Output[];

/** Batches that are ready before anyone asks for them. */
const READY = 2;

/** A dataset of the library in the graph being built, with the dtypes and shapes of its elements. */
export class GraphDataset {
  readonly program: Program;
  readonly handle: Output;
  readonly elements: readonly TensorSpec[];

  constructor(program: Program, elements: readonly TensorSpec[], handle: (types: ElementTypes) => Output) {
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
  map(elements: readonly TensorSpec[], body: Body): GraphDataset {
    const { f, captured } = this.#function('map', body);
    return new GraphDataset(this.program, elements, (types) =>
      ops.parallelMapDatasetV2(this.handle, captured, availableParallelism(), { ...types, f, deterministic: 'true' }),
    );
  }

  /** As {@link map}, then batches of the results; the last one may be short. */
  mapAndBatch(elements: readonly TensorSpec[], batchSize: number, body: Body): GraphDataset {
    const { f, captured } = this.#function('map_and_batch', body);
    return new GraphDataset(this.program, elements.map(batched), (types) =>
      ops.mapAndBatchDataset(this.handle, captured, batchSize, availableParallelism(), false, { ...types, f }),
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
  iterate(): { start: Operation; next: () => Output[] } {
    const types = typesOf(this.elements);
    const sharedName = this.program.graph.uniqueName('iterator');
    const iterator = ops.iteratorV2({ ...types, sharedName, container: '' });
    const start = ops.makeIterator(this.handle, iterator);
    return { start, next: () => [...ops.iteratorGetNext(iterator, types)] };
  }

  #function(name: string, build: Body): { f: string; captured: Output[] } {
    // Why: without the program's generator, since every element would draw the same numbers.
    const body = new FunctionBody(new Scope(this.program.graph));
    using _graph = body.graph;
    const inputs = this.elements.map((element) => body.input(element));
    const outputs = body.build(() => build(...inputs).map((output) => currentScope().own(output, name)));
    const f = body.define(name, [...inputs, ...body.captures.values()], outputs);
    return { f, captured: [...body.captures.keys()] };
  }
}

type ElementTypes = ReturnType<typeof typesOf>;

function typesOf(elements: readonly TensorSpec[]) {
  return { outputTypes: elements.map(({ dtype }) => dtype), outputShapes: elements.map(({ shape }) => shape) };
}

function batched({ dtype, shape }: TensorSpec): TensorSpec {
  return { dtype, shape: [null, ...shape] };
}
