import { basename, dirname, resolve } from 'node:path';
import { create, fromJson, type JsonValue } from '@bufbuild/protobuf';
import { type DType, dtypeName, isBigInt, newArray, type TypedArray } from '../../core/dtype.js';
import type { SpecRecord } from '../../core/function.js';
import type { Output } from '../../core/output.js';
import { Program } from '../../core/program.js';
import { currentScope } from '../../core/scope.js';
import type { Shape } from '../../core/shape.js';
import type { TensorSpec } from '../../core/spec.js';
import { spec } from '../../core/spec.js';
import { messageOf } from '../../errors/errors.js';
import { encode } from '../../proto/codec.js';
import { AttrValueSchema, type GraphDef, GraphDefSchema, type NodeDef } from '../../proto/graph.js';
import { bytesOf } from '../arrays/named-arrays.js';
import { ServedModel } from '../served-model.js';
import { unfused } from './fused-ops.js';
import { damaged, isRecord, storedWeights } from './manifest.js';

type Json = Record<string, unknown>;

/** Whether a `model.json` is of a graph, without layers. */
export function isGraphModel({ format, modelTopology }: Json): boolean {
  return format === 'graph-model' || (isRecord(modelTopology) && Array.isArray(modelTopology.node));
}

/**
 * What a graph of tfjs predicts, its weights as constants. Inputs and outputs go by its signature's names, else by those
 * of its nodes.
 *
 * @throws ERR_FILE_FORMAT
 */
export async function loadGraphModel(path: string, json: Json): Promise<ServedModel> {
  const graph = parseGraph(path, json.modelTopology);
  await fillConstants(path, graph, json.weightsManifest);
  const program = new Program();
  try {
    trace(program, graph, signatureOf(json));
    return new ServedModel(basename(dirname(resolve(path))), program);
  } catch (cause) {
    program.dispose();
    throw damaged(path, messageOf(cause), cause);
  }
}

function parseGraph(path: string, topology: unknown): GraphDef {
  try {
    const graph = fromJson(GraphDefSchema, topology as JsonValue, { ignoreUnknownFields: true });
    graph.node = graph.node.flatMap(unfused);
    for (const node of graph.node) node.device = '';
    return graph;
  } catch (cause) {
    throw damaged(path, messageOf(cause), cause);
  }
}

async function fillConstants(path: string, graph: GraphDef, manifest: unknown): Promise<void> {
  const constants = new Map(graph.node.filter(({ op }) => op === 'Const').map((node) => [node.name, node]));
  for (const { name, dtype, shape, read } of await storedWeights(path, manifest)) {
    const attr = constants.get(name)?.attr;
    if (!attr) throw damaged(path, `its graph has no constant '${name}'`);
    const own = attr.dtype?.value.case === 'type' ? dtypeName(attr.dtype.value.value) : dtype;
    attr.value = create(AttrValueSchema, {
      value: {
        case: 'tensor',
        value: {
          dtype: attr.dtype?.value.case === 'type' ? attr.dtype.value.value : 0,
          tensorShape: { dim: shape.map((size) => ({ size: BigInt(size) })) },
          tensorContent: bytesOf(converted(await read(), dtype, own)),
        },
      },
    });
  }
}

/** tfjs has fewer dtypes than graphs, and keeps int64 as int32. */
function converted(data: TypedArray, from: DType, to: DType): TypedArray {
  if (from === to) return data;
  if (isBigInt(to)) return BigInt64Array.from(data as Int32Array, BigInt);
  const wide = newArray(to, data.length) as Float64Array;
  wide.set(data as Float32Array);
  return wide;
}

/** Tensors by the names they go by. */
interface Ends {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

function signatureOf({ signature, userDefinedMetadata: metadata }: Json): Partial<Ends> {
  const found = isRecord(signature)
    ? signature
    : isRecord(metadata) && isRecord(metadata.signature) && metadata.signature;
  if (!found) return {};
  const tensors = (ends: unknown): string[] =>
    Object.values(isRecord(ends) ? ends : {}).flatMap((end) => (isRecord(end) ? [String(end.name)] : []));
  return { inputs: tensors(found.inputs), outputs: tensors(found.outputs) };
}

function trace(program: Program, graph: GraphDef, { inputs, outputs }: Partial<Ends>): void {
  const placeholders = new Map(
    graph.node.filter(({ op }) => op.startsWith('Placeholder')).map((node) => [node.name, node]),
  );
  const given = inputs?.length ? inputs.map(nodeOf) : [...placeholders.keys()];
  const wanted = outputs?.length ? outputs : ends(graph);
  const specs: SpecRecord = Object.fromEntries(
    given.map((name) => [keyOf(name), specOf(name, placeholders.get(name))]),
  );
  program.function('serving_default', specs, (fed) => {
    const { graph: target, prefix } = currentScope();
    const waits = new Set(given.map((name) => `^${name}`));
    const node = graph.node.filter(({ name }) => !given.includes(name));
    for (const one of node) one.input = one.input.filter((input) => !waits.has(input));
    const bytes = encode(GraphDefSchema, { ...graph, node });
    const refs = target.native.importGraphDef(bytes, {
      prefix: `${prefix}graph`,
      inputMap: given.map((name) => [name, 0, (fed[keyOf(name)] as Output).ref]),
      returnOutputs: wanted.map((name) => [nodeOf(name), Number(/:(\d+)$/.exec(name)?.[1] ?? 0)]),
    });
    return Object.fromEntries(refs.map((ref, i) => [keyOf(wanted[i] as string), target.output(ref)]));
  });
}

/** Nodes that no other takes. */
function ends({ node }: GraphDef): string[] {
  const taken = new Set(node.flatMap(({ input }) => input.map((name) => nodeOf(name.replace(/^\^/, '')))));
  return node.filter(({ name, op }) => op !== 'Const' && !taken.has(name)).map(({ name }) => name);
}

function nodeOf(tensor: string): string {
  return tensor.replace(/:\d+$/, '');
}

/** The name that data goes by: slashes would nest it. */
function keyOf(tensor: string): string {
  return nodeOf(tensor).replaceAll('/', '_');
}

function specOf(name: string, node: NodeDef | undefined): TensorSpec<Shape> {
  const dtype = node?.attr.dtype?.value;
  if (dtype?.case !== 'type') throw new Error(`its input '${name}' is no placeholder`);
  return spec(dtypeName(dtype.value), shapeOf(node));
}

function shapeOf(node: NodeDef | undefined): Shape {
  const shape = node?.attr.shape?.value;
  if (shape?.case !== 'shape' || shape.value.unknownRank) return null;
  return shape.value.dim.map(({ size }) => (size < 0n ? null : Number(size)));
}
