import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCheckpointIndex } from '../../core/checkpoint-index.js';
import { dtypeBytes } from '../../core/dtype.js';
import { writeFingerprint } from '../../core/fingerprint.js';
import { Program } from '../../core/program.js';
import { sizeOf } from '../../core/shape.js';
import { spec } from '../../core/spec.js';
import { type Tensor, tensor } from '../../core/tensor.js';
import type { Variable } from '../../core/variable.js';
import type { QuantizedTo, QuantizedWeight } from '../../models/export-options.js';
import * as ops from '../../ops/index.js';
import { decode, encode } from '../../proto/codec.js';
import { type MetaGraphDef, SavedModelSchema } from '../../proto/saved-model.js';
import { readTensors } from '../read-tensors.js';
import { QuantizableGraph } from './graph.js';
import { quantizeValue } from './values.js';

/**
 * Keeps the weights of a SavedModel that `program.save` wrote in fewer bytes: its checkpoint has them so, its graph brings
 * them back to float32. Vectors, and what a function's body uses, stay as they are.
 */
export async function quantizeSavedModel(
  folder: string,
  weights: readonly Variable[],
  to: QuantizedTo,
): Promise<QuantizedWeight[]> {
  const file = join(folder, 'saved_model.pb');
  const prefix = join(folder, 'variables', 'variables');
  const saved = decode(SavedModelSchema, await readFile(file));
  const [meta] = saved.metaGraphs as [MetaGraphDef];
  if (!meta.graphDef) return [];
  const graph = new QuantizableGraph(meta.graphDef);
  const entries = [...(await readCheckpointIndex(prefix))].map(([name, entry]) => ({ name, ...entry }));
  const values = new Map((await readTensors(prefix, entries)).map((value, i) => [entries[i]?.name ?? '', value]));
  const report: QuantizedWeight[] = [];
  for (const weight of weights) {
    report.push(await quantizeWeight(graph, values, weight, to));
  }
  await writeTensors(prefix, values);
  await writeFile(file, encode(SavedModelSchema, saved));
  await writeFingerprint(folder);
  return report;
}

/** Replaces a weight in the graph and among the values, where that can be. */
async function quantizeWeight(
  graph: QuantizableGraph,
  values: Map<string, Tensor>,
  { name, dtype, shape, handle: { op } }: Variable,
  to: QuantizedTo,
): Promise<QuantizedWeight> {
  const bytesBefore = sizeOf(shape) * dtypeBytes(dtype);
  const value = values.get(name);
  if (!value || dtype !== 'float32' || shape.length < 2 || !graph.canReplace(op.name)) {
    return { name, dtype, bytesBefore, bytesAfter: bytesBefore, largestChange: 0 };
  }
  const quantized = await quantizeValue(name, value, to, graph.channelsOf(op.name, shape.length));
  graph.replace({ handle: op.name, to, scale: quantized.scale });
  values.set(name, quantized.value);
  value.dispose();
  const bytesAfter = quantized.value.native.byteLength + (quantized.scale?.native.byteLength ?? 0);
  return { name, dtype: to, bytesBefore, bytesAfter, largestChange: quantized.largestChange };
}

/** Writes a checkpoint by the library's own op. */
async function writeTensors(prefix: string, values: ReadonlyMap<string, Tensor>): Promise<void> {
  using program = new Program({ seed: 0 });
  const names = [...values.keys()];
  const tensors = [...values.values()];
  const strings = (list: readonly string[]): Tensor => tensor(list, [list.length], 'string');
  const specs = { prefix: spec('string', []), values: tensors.map(({ dtype, shape }) => spec(dtype, shape)) };
  const write = program.trace('write', specs, (given) => {
    ops.saveV2(given.prefix, strings(names), strings(names.map(() => '')), given.values);
    return {};
  });
  await write({ prefix: tensor(prefix), values: tensors });
}
