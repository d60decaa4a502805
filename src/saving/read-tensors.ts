import { type CheckpointEntry, readCheckpointIndex } from '../core/checkpoint-index.js';
import type { DType } from '../core/dtype.js';
import type { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import { formatShape } from '../core/shape.js';
import { spec } from '../core/spec.js';
import { type Tensor, tensor } from '../core/tensor.js';
import type { Variable } from '../core/variable.js';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';

/** A variable, and what the checkpoint calls its value. */
export type Placed = readonly [variable: Variable, name: string];

/**
 * Sets variables of one program from tensors of a checkpoint, whatever they are called there. Nothing is changed where
 * one does not fit.
 *
 * @throws ERR_NOT_READABLE when a file is missing; ERR_FILE_FORMAT when one is damaged, or a tensor is not there or does
 * not fit
 */
export async function assignFromCheckpoint(prefix: string, places: readonly Placed[]): Promise<void> {
  const [first] = places;
  if (!first) return;
  const entries = await readCheckpointIndex(prefix);
  for (const [variable, name] of places) check(prefix, variable, name, entries.get(name));
  const values = await readTensors(
    prefix,
    places.map(([{ dtype }, name]) => ({ name, dtype })),
  );
  await first[0].program.assign(places.map(([variable], i) => [variable, values[i] as Tensor]));
  for (const value of values) value.dispose();
}

function check(prefix: string, variable: Variable, name: string, entry: CheckpointEntry | undefined): void {
  const { dtype, shape } = variable;
  if (entry && entry.dtype === dtype && formatShape(entry.shape) === formatShape(shape)) return;
  const found = entry ? `is ${entry.dtype} ${formatShape(entry.shape)}` : 'is not there';
  throw new TensorFlowError(
    'ERR_FILE_FORMAT',
    `'${prefix}' does not fit its model: '${variable.name}' is ${dtype} ${formatShape(shape)}, but '${name}' ${found}.`,
  );
}

/**
 * Tensors of a checkpoint, read by the library's own op in a program for just that.
 *
 * @throws ERR_FILE_FORMAT when the data is damaged
 */
export async function readTensors(
  prefix: string,
  wanted: readonly { readonly name: string; readonly dtype: DType }[],
): Promise<Tensor[]> {
  if (wanted.length === 0) return [];
  using program = new Program({ seed: 0 });
  const names = wanted.map(({ name }) => name);
  const strings = (values: readonly string[]): Tensor => tensor(values, [values.length], 'string');
  const read = program.trace('read', { prefix: spec('string', []) }, ({ prefix }): { all: readonly Output[] } => ({
    all: ops.restoreV2(prefix, strings(names), strings(names.map(() => '')), {
      dtypes: wanted.map(({ dtype }) => dtype),
    }),
  }));
  const { all } = await read({ prefix: tensor(prefix) }).catch((cause) => {
    const code = codeOf(cause) === 'TF_DATA_LOSS' ? 'ERR_FILE_FORMAT' : (codeOf(cause) ?? 'ERR_FILE_FORMAT');
    throw new TensorFlowError(code, `'${prefix}' cannot be read: ${messageOf(cause)}`, { cause });
  });
  return [...(all as readonly Tensor[])];
}
