import { constant } from '../core/constant.js';
import type { Operation, Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import { drawFrom } from '../core/random.js';
import { currentScope, Scope, withScope } from '../core/scope.js';
import type { Shape } from '../core/shape.js';
import type { TensorSpec } from '../core/spec.js';
import { spec } from '../core/spec.js';
import { type Tensor, tensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';
import { Cell } from './cell.js';
import { DatasetFunction } from './dataset-function.js';

/** Elements of one pass that have random numbers of their own. */
const ELEMENTS = 2 ** 32;

/** What a dataset finds in the program it is built into. */
export class DatasetContext {
  readonly program: Program;
  /** Number of the pass, int64 scalar, fed when a pass starts. */
  readonly pass: Output;
  /** Further values to be fed then. */
  readonly feeds = new Map<Tensor, Output>();
  /** What fills the datasets that outlive a pass, one after the other. */
  readonly fills: Operation[] = [];
  /** What has a part in JavaScript: it is told when a pass starts, and when the model is done. */
  readonly sources: { start(): Promise<void>; finish(): Promise<void> }[] = [];
  readonly #scope: Scope;
  readonly #random = new Map<number, Scope>();

  /** In the scope that is current. */
  constructor(program: Program) {
    this.program = program;
    this.#scope = currentScope();
    this.pass = ops.placeholder({ ...spec('int64', []), name: 'pass' });
  }

  /** A host tensor in the graph. */
  feed(value: Tensor): Output {
    const known = this.feeds.get(value);
    if (known) return known;
    const made = withScope(this.#scope, () => ops.placeholder({ dtype: value.dtype, shape: value.shape }));
    this.feeds.set(value, made);
    return made;
  }

  /** The same dataset in every pass, with whatever it remembers. */
  keep(handle: Output): Output {
    if (currentScope().body) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        'Dataset.cache: a dataset inside flatMap or interleave has no memory; cache the result of the whole instead.',
      );
    }
    const cell = new Cell('kept', { dtype: 'variant', shape: [] });
    this.fills.push(cell.assign(handle));
    return cell.read();
  }

  /** The function of a step, which may draw random numbers: by seed, pass, and number of the element. */
  function(
    seed: number,
    elements: readonly TensorSpec<Shape>[],
    build: (...inputs: Output[]) => readonly Output[],
  ): DatasetFunction {
    const here = currentScope();
    return new DatasetFunction(here.body ? here : this.#randomScope(seed), elements, build, true);
  }

  /** The steps of one seed take their streams from one scope, so that each has its own. */
  #randomScope(seed: number): Scope {
    const known = this.#random.get(seed);
    if (known) return known;
    const made = drawingScope(this.#scope, seed, this.pass);
    this.#random.set(seed, made);
    return made;
  }
}

/**
 * A scope whose random ops, and those of bodies made in it, depend on nothing but the seed, the pass and the element.
 *
 * @param pass int64 scalar
 */
export function drawingScope(at: Scope, seed: number, pass: Output | number): Scope {
  const made = new Scope(at.graph, { device: at.device });
  withScope(at, () => {
    const key = constant(tensor([BigInt(seed)], [1], 'uint64'));
    drawFrom(made, key, ops.cast(ops.mul(ops.cast(pass, 'int64'), ELEMENTS), 'uint64'));
  });
  return made;
}
