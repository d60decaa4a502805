import { dtypeName } from '../../core/dtype.js';
import { keyOf } from '../../core/function.js';
import { leavesOf } from '../../core/reachable.js';
import type { AttrValue, GraphDef } from '../../proto/graph.js';
import { loadFrozenGraph, readGraphDef } from '../frozen-graph.js';
import type { ServedModel } from '../served-model.js';
import { loadGraphModel, parseGraph } from '../tfjs/graph-model.js';
import { jsonIn, parseLayersModel, readJson } from '../tfjs/load.js';
import { isRecord, type StoredWeight, storedWeights } from '../tfjs/manifest.js';
import {
  type Findings,
  type InspectedGraph,
  type InspectedSignature,
  type InspectedValue,
  type InspectedWeight,
  versions,
} from './inspection.js';
import { inspectConfig } from './layered.js';

/** A frozen graph, whose weights are its constants. */
export async function inspectFrozenGraph(path: string): Promise<Findings> {
  const graph = await readGraphDef(path);
  using model = await loadFrozenGraph(path);
  return {
    writtenBy: producerOf(graph),
    signatures: [signatureOf(model)],
    graphs: [inspectGraph(graph, [])],
    weights: constantsOf(graph),
  };
}

/** tfjs' `model.json` of a graph. */
export async function inspectGraphModel(path: string): Promise<Findings> {
  const file = await jsonIn(path);
  const json = await readJson(file);
  const graph = parseGraph(file, json.modelTopology);
  using model = await loadGraphModel(file, json);
  return {
    writtenBy: { ...originOf(json), ...producerOf(graph) },
    signatures: [signatureOf(model)],
    graphs: [inspectGraph(graph, [])],
    weights: (await storedWeights(file, json.weightsManifest)).map(described),
  };
}

/** tfjs' `model.json` of layers. */
export async function inspectTfjs(path: string): Promise<Findings> {
  const file = await jsonIn(path);
  const json = await readJson(file);
  const { model, training, weights } = parseLayersModel(file, json);
  const stored = await storedWeights(file, weights);
  return {
    writtenBy: originOf(json),
    model: inspectConfig(file, model),
    ...(training && { training }),
    weights: stored.filter(({ group }) => group !== 'optimizer').map(described),
    optimizerState: stored.filter(({ group }) => group === 'optimizer').map(described),
  };
}

/** What is in a graph. */
export function inspectGraph({ node, library }: GraphDef, tags: readonly string[]): InspectedGraph {
  const counts = new Map<string, number>();
  for (const { op } of node) counts.set(op, (counts.get(op) ?? 0) + 1);
  return {
    tags,
    nodes: node.length,
    functions: library?.function.length ?? 0,
    ops: Object.fromEntries([...counts].sort(([, a], [, b]) => b - a)),
  };
}

function originOf({ generatedBy, convertedBy, modelTopology }: Record<string, unknown>): Record<string, string> {
  const keras = isRecord(modelTopology) ? modelTopology.keras_version : undefined;
  return versions({ generatedBy, convertedBy, keras });
}

function producerOf({ versions: known }: GraphDef): Record<string, string> {
  return versions({ producer: known && String(known.producer) });
}

function signatureOf({ signature }: ServedModel): InspectedSignature {
  const values = (kind: 'input' | 'output'): InspectedValue[] =>
    leavesOf(signature[`${kind}s`]).map(([path, { dtype, shape }]) => ({ name: keyOf(path, kind), dtype, shape }));
  return { name: signature.functionName, method: '', inputs: values('input'), outputs: values('output') };
}

function described({ name, dtype, shape, quantization }: StoredWeight): InspectedWeight {
  return { name, dtype, shape, ...(quantization && { storedAs: quantization.dtype }) };
}

function constantsOf({ node }: GraphDef): InspectedWeight[] {
  return node.filter(({ op }) => op === 'Const').flatMap(({ name, attr }) => constantOf(name, attr.value));
}

function constantOf(name: string, attr: AttrValue | undefined): InspectedWeight[] {
  if (attr?.value.case !== 'tensor') return [];
  const { dtype, tensorShape } = attr.value.value;
  return [{ name, dtype: dtypeName(dtype), shape: (tensorShape?.dim ?? []).map(({ size }) => Number(size)) }];
}
