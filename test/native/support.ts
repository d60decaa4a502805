import { type ExecFileException, execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type {
  Addon,
  AttrEntry,
  NativeCallable,
  NativeGraph,
  NativeSession,
  NativeTensor,
  OpId,
  OutputRef,
} from '../../src/native/binding.js';
import { findAddon, findLibrary, loadAddon } from '../../src/native/library.js';

export const addon: Addon = loadAddon();

/** TF_DataType numbers, as in tensorflow/c/tf_datatype.h. */
export const DT = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  int16: 5,
  int8: 6,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  uint16: 17,
  complex128: 18,
  float16: 19,
  resource: 20,
  uint32: 22,
  uint64: 23,
} as const;

interface OpParts {
  inputs?: readonly (OutputRef | readonly OutputRef[])[];
  controls?: readonly OpId[];
  attrs?: readonly AttrEntry[];
  device?: string;
  name?: string;
}

/** Adds an operation under a name of its own. */
export function add(graph: NativeGraph, type: string, { inputs, controls, attrs, device, name }: OpParts = {}): OpId {
  return graph.addOperation({
    type,
    name: name ?? `${type}_${graph.operationCount()}`,
    inputs: inputs ?? [],
    controls: controls ?? [],
    attrs: attrs ?? [],
    ...(device === undefined ? {} : { device }),
  });
}

export function floats(values: readonly number[], shape: readonly number[] = [values.length]): NativeTensor {
  return addon.tensor(DT.float32, shape, Float32Array.from(values));
}

export function int32(values: readonly number[], shape: readonly number[] = [values.length]): NativeTensor {
  return addon.tensor(DT.int32, shape, Int32Array.from(values));
}

export function numbers(tensor: NativeTensor | undefined): number[] {
  if (!tensor) throw new Error('there is no tensor');
  return [...new Float32Array(tensor.buffer())];
}

export function texts(tensor: NativeTensor | undefined): string[] {
  return (tensor?.strings() ?? []).map((bytes) => new TextDecoder().decode(bytes));
}

export function constant(graph: NativeGraph, tensor: NativeTensor): OutputRef {
  const attrs: AttrEntry[] = [
    ['dtype', 'type', tensor.dtype],
    ['value', 'tensor', tensor],
  ];
  return [add(graph, 'Const', { attrs }), 0];
}

export function placeholder(graph: NativeGraph, dtype: number, shape: readonly number[] | null = null): OutputRef {
  const attrs: AttrEntry[] = [
    ['dtype', 'type', dtype],
    ['shape', 'shape', shape],
  ];
  return [add(graph, 'Placeholder', { attrs }), 0];
}

/** A float variable, and the operation that gives it its first value. */
export function variable(graph: NativeGraph, initial: NativeTensor): { handle: OutputRef; initialize: OpId } {
  const handle: OutputRef = [
    add(graph, 'VarHandleOp', {
      attrs: [
        ['dtype', 'type', DT.float32],
        ['shape', 'shape', initial.shape],
        ['shared_name', 'string', `v${graph.operationCount()}`],
      ],
    }),
    0,
  ];
  return { handle, initialize: add(graph, 'AssignVariableOp', { inputs: [handle, constant(graph, initial)] }) };
}

export function readVariable(graph: NativeGraph, handle: OutputRef): OutputRef {
  return [add(graph, 'ReadVariableOp', { inputs: [handle], attrs: [['dtype', 'type', DT.float32]] }), 0];
}

/** A run that does not end by itself: taking from a queue that stays empty. */
export function blocking(graph: NativeGraph): OutputRef {
  const queue = add(graph, 'FIFOQueueV2', { attrs: [['component_types', 'list(type)', [DT.float32]]] });
  return [
    add(graph, 'QueueDequeueV2', { inputs: [[queue, 0]], attrs: [['component_types', 'list(type)', [DT.float32]]] }),
    0,
  ];
}

/** A fresh graph with y = x · x and dy/dx callable on a session. */
export function square(): { graph: NativeGraph; session: NativeSession; callable: NativeCallable } {
  const graph = addon.graph();
  const x = placeholder(graph, DT.float32);
  const y: OutputRef = [add(graph, 'Mul', { inputs: [x, x] }), 0];
  const session = addon.session(graph);
  return { graph, session, callable: session.callable([x], [y], []) };
}

export async function runOnce(graph: NativeGraph, ...fetches: OutputRef[]): Promise<NativeTensor[]> {
  const session = addon.session(graph);
  try {
    return await session.callable([], fetches, []).run([]);
  } finally {
    await session.close();
  }
}

/** An error by its code and what its sentence says. */
export function failure(code: string, message: RegExp = /./): unknown {
  return {
    asymmetricMatch: (e: unknown) => e instanceof Error && 'code' in e && e.code === code && message.test(e.message),
  };
}

/** What `act` throws or is rejected with; undefined when it goes well. */
export async function errorOf(act: () => unknown): Promise<unknown> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return error;
  }
}

export interface Ending {
  code: number | string | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs a program of ./programs in a process of its own, and says how it ended. */
export function runProgram(name: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ending> {
  const program = fileURLToPath(new URL(`./programs/${name}.mjs`, import.meta.url));
  const { TF_CPP_MIN_LOG_LEVEL: _, ...inherited } = process.env;
  const paths = { ADDON: findAddon(), LIBRARIES: JSON.stringify(findLibrary().files) };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--expose-gc', program, ...args],
      { env: { ...inherited, ...paths, ...env }, timeout: 60_000, killSignal: 'SIGKILL' },
      (error: ExecFileException | null, stdout, stderr) =>
        resolve({ code: error ? (error.code ?? null) : 0, signal: error?.signal ?? null, stdout, stderr }),
    );
  });
}
