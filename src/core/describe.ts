import { type DType, dtypeBytes } from './dtype.js';
import { keyOf } from './function.js';
import type { Output } from './output.js';
import type { Program } from './program.js';
import { leavesOf, operationsOf, type Traced } from './reachable.js';
import { formatShape, type Shape, sizeOf } from './shape.js';
import type { Structure } from './structure.js';
import { tableLines } from './table.js';
import type { Variable } from './variable.js';

/** An input or an output of a function. */
export interface ValueDescription {
  /** Where it stands: `x`, or `state/hidden` in a nested structure; a bare one is `input_0` or `output_0`. */
  readonly path: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

export interface FunctionDescription {
  readonly name: string;
  readonly inputs: readonly ValueDescription[];
  readonly outputs: readonly ValueDescription[];
  /** Operations that run for what they do: updates, asserts, summaries. */
  readonly effects: readonly { readonly name: string; readonly type: string }[];
  /** Operations a call may run, those of no function included. */
  readonly nodes: number;
}

export interface VariableDescription {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly trainable: boolean;
  /** Number of elements. */
  readonly parameters: number;
  readonly bytes: number;
}

/** What a program consists of: plain data, and text by `toString()`. */
export interface ProgramDescription {
  readonly functions: readonly FunctionDescription[];
  readonly variables: readonly VariableDescription[];
  /** Operations of the whole graph. */
  readonly nodes: number;
  readonly totals: {
    readonly parameters: number;
    readonly trainableParameters: number;
    /** Memory of all variables. */
    readonly bytes: number;
  };
  toString(): string;
}

/** Functions, variables and sizes of a program. */
export function describeProgram({ functions, variables, graph }: Program): ProgramDescription {
  const described = variables.map(describeVariable);
  const sum = (of: readonly VariableDescription[], what: 'parameters' | 'bytes'): number =>
    of.reduce((total, variable) => total + variable[what], 0);
  const description = {
    functions: Object.values<Traced>(functions).map(describeFunction),
    variables: described,
    nodes: graph.native.operationCount(),
    totals: {
      parameters: sum(described, 'parameters'),
      trainableParameters: sum(
        described.filter(({ trainable }) => trainable),
        'parameters',
      ),
      bytes: sum(described, 'bytes'),
    },
  };
  return { ...description, toString: () => textOf(description) };
}

function describeFunction(fn: Traced): FunctionDescription {
  return {
    name: fn.functionName,
    inputs: describeValues(fn.inputs, 'input'),
    outputs: describeValues(fn.outputs, 'output'),
    effects: fn.effects.map(({ name, type }) => ({ name, type })),
    nodes: operationsOf(fn).length,
  };
}

function describeValues(structure: Structure<Output>, kind: 'input' | 'output'): ValueDescription[] {
  return leavesOf(structure).map(([path, { dtype, shape }]) => ({ path: keyOf(path, kind), dtype, shape }));
}

function describeVariable({ name, dtype, shape, trainable }: Variable): VariableDescription {
  const parameters = sizeOf(shape);
  return { name, dtype, shape, trainable, parameters, bytes: parameters * dtypeBytes(dtype) };
}

function textOf({ functions, variables, nodes, totals }: Omit<ProgramDescription, 'toString'>): string {
  const rows = variables.map(({ name, dtype, shape, trainable, parameters, bytes }) => [
    name,
    dtype,
    formatShape(shape),
    trainable ? 'yes' : 'no',
    parameters,
    bytes,
  ]);
  return [
    `Program: ${counted(functions.length, 'function')}, ${counted(variables.length, 'variable')}, ${counted(nodes, 'node')}`,
    ...functions.flatMap((fn) => ['', ...functionLines(fn)]),
    '',
    ...tableLines(['variable', 'dtype', 'shape', 'trainable', 'parameters', 'bytes'], rows),
    `${counted(totals.parameters, 'parameter')}, ${totals.trainableParameters.toLocaleString('en')} trainable; ${counted(totals.bytes, 'byte')}`,
  ].join('\n');
}

function functionLines({ name, inputs, outputs, effects, nodes }: FunctionDescription): string[] {
  return [
    `function ${name} (${counted(nodes, 'node')})`,
    ...inputs.map((value) => `  in      ${valueText(value)}`),
    ...outputs.map((value) => `  out     ${valueText(value)}`),
    ...effects.map((effect) => `  effect  ${effect.name}: ${effect.type}`),
  ];
}

function valueText({ path, dtype, shape }: ValueDescription): string {
  return `${path}: ${dtype} ${formatShape(shape)}`;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
