import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import { decode } from '../proto/codec.js';
import { type GraphDef, GraphDefSchema } from '../proto/graph.js';
import type { GraphEndsOptions } from './graph-ends.js';
import { importedModel } from './imported-graph.js';
import type { ServedModel } from './served-model.js';

/** Tags of protobuf's fields: a graph's nodes, and a node's name and op. */
const [NODE, NAME, OP] = [0x0a, 0x0a, 0x12];
const NAMES = /^[A-Za-z0-9_.][\w.>/\\-]*$/;
const VARIABLES = new Set(['Variable', 'VariableV2', 'VarHandleOp']);

/** Whether a file begins as a GraphDef does: with a node, of which the name and the op come first. */
export function isGraphDef(start: Buffer | null | undefined): boolean {
  if (start?.[0] !== NODE) return false;
  const [, node] = varintAt(start, 1);
  const name = textAt(start, node, NAME);
  return name !== undefined && textAt(start, name, OP) !== undefined;
}

/** Where a name ends that stands in a field of this tag, undefined where there is none. */
function textAt(bytes: Buffer, at: number, tag: number): number | undefined {
  if (bytes[at] !== tag) return undefined;
  const [length, begin] = varintAt(bytes, at + 1);
  return NAMES.test(bytes.toString('latin1', begin, begin + length)) ? begin + length : undefined;
}

/** A number of protobuf's, and where it ends. */
function varintAt(bytes: Buffer, at: number): [value: number, end: number] {
  const byte = bytes[at] ?? 0;
  if (byte < 0x80) return [byte, at + 1];
  const [rest, end] = varintAt(bytes, at + 1);
  return [(byte & 0x7f) + rest * 0x80, end];
}

/**
 * The graph of a `.pb` file.
 *
 * @throws ERR_FILE_FORMAT
 */
export async function readGraphDef(path: string): Promise<GraphDef> {
  try {
    return decode(GraphDefSchema, await readFile(path));
  } catch (cause) {
    throw new TensorFlowError('ERR_FILE_FORMAT', `'${path}' is no graph, or damaged: ${messageOf(cause)}.`, { cause });
  }
}

/**
 * What a frozen graph predicts: from its placeholders to what nothing else takes, or between the nodes that `ends` names.
 *
 * @throws ERR_UNKNOWN_NAME for ends that are not there; ERR_FILE_FORMAT, also for a graph with variables, whose values are
 * not in the file
 */
export async function loadFrozenGraph(path: string, ends: GraphEndsOptions = {}): Promise<ServedModel> {
  const graph = await readGraphDef(path);
  const variable = graph.node.find(({ op }) => VARIABLES.has(op));
  if (variable) {
    throw new TensorFlowError(
      'ERR_FILE_FORMAT',
      `'${path}' is not frozen: the value of its variable '${variable.name}' is in a checkpoint; save it as a SavedModel, or freeze it first.`,
    );
  }
  try {
    return importedModel(basename(resolve(path)).replace(/\.[^.]*$/, ''), graph, ends);
  } catch (cause) {
    const code = codeOf(cause)?.startsWith('ERR_') ? (codeOf(cause) as string) : 'ERR_FILE_FORMAT';
    throw new TensorFlowError(code, `'${path}' cannot be used: ${messageOf(cause)}`, { cause });
  }
}
