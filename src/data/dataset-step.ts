import type { Outputs, Specs, Values } from '../core/function.js';
import { Graph } from '../core/graph.js';
import { Output } from '../core/output.js';
import { currentScope, isTracing, Scope } from '../core/scope.js';
import { formatShape, type Shape } from '../core/shape.js';
import { isSpec, type TensorSpec } from '../core/spec.js';
import { flatten, type Mapped, repack } from '../core/structure.js';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import { type DatasetContext, drawingScope } from './dataset-context.js';
import { DatasetFunction } from './dataset-function.js';
import type { GraphDataset } from './graph-dataset.js';

/** dtype and shape of one tensor of an element. */
export type LeafSpec = TensorSpec<Shape>;
/** What describes elements that are built so. */
export type SpecsOf<O extends Outputs> = Mapped<O, Output, LeafSpec>;

/** One step of a dataset, with all before it. It belongs to no program. */
export interface DatasetStep<S extends Specs = Specs> {
  /** As errors name it. */
  readonly name: string;
  /** The steps before it. */
  readonly from: readonly DatasetStep[];
  readonly elementSpec: S;
  /** Number of elements; null where only running tells. */
  readonly cardinality: number | null;
  /** In the scope that is current. */
  build(context: DatasetContext): GraphDataset;
  /** A failure while running, as this step knows it better. */
  explain?(failure: unknown): unknown | Promise<unknown>;
}

/** The tensors of an element with their paths. */
export function leavesOf(elementSpec: Specs): [path: string, LeafSpec][] {
  return flatten<LeafSpec>(elementSpec, isSpec);
}

export function specsIn(elementSpec: Specs): LeafSpec[] {
  return leavesOf(elementSpec).map(([, leaf]) => leaf);
}

/** The same structure with other dtypes and shapes. */
export function mapSpecs<S extends Specs>(elementSpec: S, change: (leaf: LeafSpec, path: string) => LeafSpec): S {
  const leaves = leavesOf(elementSpec).map(([path, leaf]) => change(leaf, path));
  return repack<LeafSpec, LeafSpec>(elementSpec, isSpec, leaves) as S;
}

/** An element as the bodies of steps see it. */
export function elementOf<S extends Specs>(elementSpec: S, outputs: readonly Output[]): Values<S> {
  return repack<LeafSpec, Output>(elementSpec, isSpec, outputs) as Values<S>;
}

/** The outputs of what a body gave, checked. */
export function outputsIn(where: string, result: Outputs): Output[] {
  if (result instanceof Promise) {
    throw new TensorFlowError('ERR_ARGUMENT', `${where}: the body is async; it builds a graph, synchronously.`);
  }
  const scope = currentScope();
  return flatten<Output>(result, isOutput, '', { where }).map(([, output]) => scope.own(output, where));
}

/** What describes elements like this one. */
export function specsOf<O extends Outputs>(where: string, result: O): SpecsOf<O> {
  const specs = outputsIn(where, result).map(({ dtype, shape }): LeafSpec => ({ dtype, shape }));
  return repack<Output, LeafSpec>(result, isOutput, specs) as SpecsOf<O>;
}

export function isOutput(value: unknown): value is Output {
  return value instanceof Output;
}

/**
 * Builds a body in a graph that is thrown away, for the sake of what it says about its result; its errors name the step.
 *
 * @param inspect is given an element of `from`
 */
export function lookInto<S extends Specs, T>(where: string, from: S, inspect: (element: Values<S>) => T): T {
  using graph = new Graph();
  const parent = isTracing() ? currentScope() : drawingScope(new Scope(graph), 0, 0);
  const results: T[] = [];
  const build = (...inputs: Output[]) => {
    results.push(inspect(elementOf(from, inputs)));
    return [];
  };
  try {
    new DatasetFunction(parent, specsIn(from), build, true)[Symbol.dispose]();
  } catch (error) {
    throw named(where, error);
  }
  return results[0] as T;
}

/** An error of ours or of the library, with the step before it. */
export function named(where: string, error: unknown): unknown {
  const [code, message] = [codeOf(error), messageOf(error)];
  if (!code || message.startsWith(where)) return error;
  return new TensorFlowError(code, `${where}: ${message}`, { cause: error });
}

/** @returns how errors name the leaf, and its shape */
export function describeLeaf(path: string, { dtype, shape }: LeafSpec): string {
  return `${path ? `'${path}'` : 'the element'} (${dtype} ${formatShape(shape)})`;
}
