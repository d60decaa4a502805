import { basename, dirname, resolve } from 'node:path';
import { create, fromJson, type JsonValue } from '@bufbuild/protobuf';
import { type DType, dtypeName, isBigInt, newArray, type TypedArray } from '../../core/dtype.js';
import { messageOf } from '../../errors/errors.js';
import { AttrValueSchema, type GraphDef, GraphDefSchema } from '../../proto/graph.js';
import { bytesOf } from '../arrays/named-arrays.js';
import type { GraphEndsOptions } from '../graph-ends.js';
import { importedModel } from '../imported-graph.js';
import type { ServedModel } from '../served-model.js';
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
  try {
    return importedModel(basename(dirname(resolve(path))), graph, signatureOf(json));
  } catch (cause) {
    throw damaged(path, messageOf(cause), cause);
  }
}

/**
 * The graph in a `model.json`, fused ops as those they were made of; constants have no values.
 *
 * @throws ERR_FILE_FORMAT
 */
export function parseGraph(path: string, topology: unknown): GraphDef {
  try {
    const graph = fromJson(GraphDefSchema, topology as JsonValue, { ignoreUnknownFields: true });
    graph.node = graph.node.flatMap(unfused);
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

function signatureOf({ signature, userDefinedMetadata: metadata }: Json): GraphEndsOptions {
  const found = isRecord(signature)
    ? signature
    : isRecord(metadata) && isRecord(metadata.signature) && metadata.signature;
  return found ? { inputs: tensorsOf(found.inputs), outputs: tensorsOf(found.outputs) } : {};
}

/** Undefined for none, which are then found in the graph. */
function tensorsOf(ends: unknown): string[] | undefined {
  const names = Object.values(isRecord(ends) ? ends : {}).flatMap((end) => (isRecord(end) ? [String(end.name)] : []));
  return names.length > 0 ? names : undefined;
}
