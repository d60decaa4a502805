import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import type { NativeSession, NativeTensor } from '../native/binding.js';
import { loadAddon } from '../native/library.js';
import { decode } from '../proto/codec.js';
import type { AttrValue } from '../proto/graph.js';
import {
  type MetaGraphDef,
  SavedModelSchema,
  type SignatureDef,
  type TensorInfo,
  VariableDefSchema,
} from '../proto/saved-model.js';
import { readCheckpointIndex } from './checkpoint-index.js';
import { sessionConfig } from './config.js';
import { type DType, dtypeName } from './dtype.js';
import type { Outputs, Specs, Traced, Values } from './function.js';
import { Graph } from './graph.js';
import type { Operation, Output } from './output.js';
import { type Asset, SERVE, STRUCTURES } from './saved-model-writer.js';
import { Scope } from './scope.js';
import { type Shape, shapeFromNative } from './shape.js';
import type { TensorSpec } from './spec.js';
import { flatten, repack, type Structure, unflatten } from './structure.js';
import { Tensor } from './tensor.js';

/** A variable of a loaded graph. */
export interface LoadedVariable {
  readonly name: string;
  readonly handle: Output;
  readonly trainable: boolean;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** A SavedModel whose variables are restored and whose tables are filled. */
export interface LoadedModel {
  readonly graph: Graph;
  readonly session: NativeSession;
  readonly functions: readonly Traced<Specs, Outputs>[];
  readonly variables: readonly LoadedVariable[];
  readonly assets: readonly Asset[];
  /** What filled the tables. */
  readonly main: Operation | undefined;
}

const INIT_SIGNATURE = '__saved_model_init_op';

/**
 * Loads a SavedModel, whoever wrote it.
 *
 * @throws ERR_NOT_READABLE when a file is missing; ERR_FILE_FORMAT when one is damaged; ERR_UNKNOWN_NAME for tags it does
 * not have, or a graph with an op the library lacks
 */
export async function readSavedModel(folder: string, tags: readonly string[] = [SERVE]): Promise<LoadedModel> {
  const meta = graphOfTags(folder, await readMetaGraphs(folder), tags);
  await checkVariables(folder, meta);
  const loaded = await loadAddon()
    .loadSavedModel(folder, tags, sessionConfig())
    .catch((error) => refused(folder, error));
  try {
    const described = describeLoaded(folder, new Graph(loaded.graph), meta);
    const { session } = loaded;
    return { ...described, session, variables: await withValues(session, described.graph, described.variables) };
  } catch (error) {
    loaded.session.dispose();
    loaded.graph.dispose();
    throw error;
  }
}

/**
 * What is in `saved_model.pb`.
 *
 * @throws ERR_NOT_READABLE; ERR_FILE_FORMAT
 */
export async function readMetaGraphs(folder: string): Promise<MetaGraphDef[]> {
  const file = join(folder, 'saved_model.pb');
  const bytes = await readFile(file).catch((error) => {
    throw new TensorFlowError(
      'ERR_NOT_READABLE',
      `'${folder}' is no SavedModel: ${messageOf(error)}. Give the folder that has saved_model.pb and variables/.`,
      { cause: error },
    );
  });
  try {
    const { metaGraphs } = decode(SavedModelSchema, bytes);
    if (metaGraphs.length > 0) return metaGraphs;
  } catch (error) {
    throw damaged(file, messageOf(error), error);
  }
  throw damaged(file, 'it has no graph');
}

function damaged(file: string, reason: string, cause?: unknown): TensorFlowError {
  return new TensorFlowError('ERR_FILE_FORMAT', `${file} is no SavedModel, or damaged: ${reason}.`, { cause });
}

/** The graph with exactly these tags, as the library chooses it. */
function graphOfTags(folder: string, graphs: readonly MetaGraphDef[], tags: readonly string[]): MetaGraphDef {
  const sorted = (list: readonly string[]): string => [...new Set(list)].sort().join(', ');
  const sets = graphs.map(({ metaInfoDef }) => sorted(metaInfoDef?.tags ?? []));
  const found = graphs[sets.indexOf(sorted(tags))];
  if (found) return found;
  throw new TensorFlowError(
    'ERR_UNKNOWN_NAME',
    `'${folder}' has no graph tagged [${sorted(tags)}]; there is ${sets.map((set) => `[${set}]`).join(' and ')}.`,
  );
}

const VARIABLE_OPS: ReadonlySet<string> = new Set(['VarHandleOp', 'Variable', 'VariableV2']);

/** Refuses variables that are missing or damaged before the library reads them. */
async function checkVariables(folder: string, { graphDef }: MetaGraphDef): Promise<void> {
  if (!graphDef?.node.some(({ op }) => VARIABLE_OPS.has(op))) return;
  await readCheckpointIndex(join(folder, 'variables', 'variables'));
}

function refused(folder: string, error: unknown): never {
  const message = messageOf(error);
  const op = /Op type not registered '([^']*)'/.exec(message)?.[1];
  if (op !== undefined) {
    const wayOut = 'load the library of custom ops that has it first';
    throw new TensorFlowError(
      'ERR_UNKNOWN_NAME',
      `'${folder}' needs the op '${op}', which the library lacks: ${wayOut}.`,
    );
  }
  throw new TensorFlowError(codeOf(error) ?? 'ERR_FILE_FORMAT', `'${folder}' cannot be loaded: ${message}`, {
    cause: error,
  });
}

function describeLoaded(folder: string, graph: Graph, meta: MetaGraphDef): Omit<LoadedModel, 'session'> {
  const outputOf = ({ encoding }: TensorInfo): Output => outputNamed(folder, graph, String(encoding.value));
  return {
    graph,
    functions: functionsOf(folder, meta, outputOf),
    variables: variablesOf(graph, meta),
    assets: meta.assetFileDef.flatMap(({ tensorInfo, filename }) =>
      tensorInfo ? [{ path: outputOf(tensorInfo), file: join(folder, 'assets', ownName(folder, filename)) }] : [],
    ),
    main: mainOf(graph, meta),
  };
}

/** Why: a name like `../../secret` would be read, and copied when the program is saved again. */
function ownName(folder: string, filename: string): string {
  if (filename !== '' && basename(filename) === filename && filename !== '..') return filename;
  throw damaged(folder, `an asset is named '${filename}'`);
}

function outputNamed(folder: string, graph: Graph, tensorName: string): Output {
  const [name = '', index = '0'] = tensorName.split(':');
  const output = graph.find(name)?.outputs[Number(index)];
  if (output) return output;
  throw damaged(folder, `a signature names the tensor '${tensorName}', which its graph does not have`);
}

function mainOf(graph: Graph, { collectionDef, signatureDef }: MetaGraphDef): Operation | undefined {
  const kinds = [collectionDef.saved_model_main_op?.kind, collectionDef.legacy_init_op?.kind];
  const listed = kinds.flatMap((kind) => (kind?.case === 'nodeList' ? kind.value.value : []))[0];
  const signed = signatureDef[INIT_SIGNATURE]?.outputs[INIT_SIGNATURE]?.encoding.value;
  const name = listed ?? (typeof signed === 'string' ? signed : undefined);
  return name === undefined ? undefined : graph.find(name.replace(/:\d+$/, ''));
}

type OutputOf = (info: TensorInfo) => Output;

/** Signatures as functions; those over sparse or composite tensors are left out. */
function functionsOf(folder: string, { collectionDef, signatureDef }: MetaGraphDef, outputOf: OutputOf): Loaded[] {
  const kind = collectionDef[STRUCTURES]?.kind;
  const texts = kind?.case === 'bytesList' ? kind.value.value : [];
  const structures = new Map(texts.map((bytes) => readStructure(folder, bytes)).map((known) => [known.name, known]));
  return Object.entries(signatureDef)
    .filter(([name, signature]) => name !== INIT_SIGNATURE && isDense(signature))
    .map(([name, signature]) =>
      functionOf(folder, structures.get(name) ?? byPaths(name, signature), signature, outputOf),
    );
}

type Loaded = Traced<Specs, Outputs>;

/** How a function's inputs and outputs are nested; leaves are keys of its signature. */
interface Nesting {
  name: string;
  inputs: Structure<string>;
  outputs: Structure<string>;
}

const isString = (value: unknown): value is string => typeof value === 'string';

function readStructure(folder: string, bytes: Uint8Array): Nesting {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Nesting;
  } catch (error) {
    throw damaged(folder, messageOf(error), error);
  }
}

function byPaths(name: string, { inputs, outputs }: SignatureDef): Nesting {
  const nest = (infos: object): Structure<string> => unflatten(Object.keys(infos).map((key) => [key, key]));
  return { name, inputs: nest(inputs), outputs: nest(outputs) };
}

function isDense({ inputs, outputs }: SignatureDef): boolean {
  return [...Object.values(inputs), ...Object.values(outputs)].every(({ encoding }) => encoding.case === 'name');
}

function functionOf(
  folder: string,
  { name, inputs, outputs }: Nesting,
  signature: SignatureDef,
  outputOf: OutputOf,
): Loaded {
  const infos = (keys: Structure<string>, known: { [key: string]: TensorInfo }): TensorInfo[] =>
    flatten(keys, isString).map(([, key]) => {
      const info = known[key];
      if (!info) throw damaged(folder, `function '${name}' has no '${key}'`);
      return info;
    });
  const taken = infos(inputs, signature.inputs);
  const given = infos(outputs, signature.outputs).map(outputOf);
  const others = Object.values(signature.outputs).map(outputOf);
  return {
    name,
    specs: repack(
      inputs,
      isString,
      taken.map((info) => specOf(info, outputOf(info))),
    ),
    inputs: repack(inputs, isString, taken.map(outputOf)) as Values<Specs>,
    outputs: repack(outputs, isString, given),
    effects: others.filter((output) => !given.includes(output)).map(({ op }) => op),
  };
}

function specOf({ tensorShape }: TensorInfo, output: Output): TensorSpec<Shape> {
  const known = tensorShape && !tensorShape.unknownRank;
  return {
    dtype: output.dtype,
    shape: known ? shapeFromNative(tensorShape.dim.map(({ size }) => Number(size))) : output.shape,
  };
}

/** The graph's variables: those whose shape is known, each resource once. */
function variablesOf(graph: Graph, meta: MetaGraphDef): LoadedVariable[] {
  const trainable = trainableNames(meta);
  const found = new Map<string, LoadedVariable>();
  for (const { name, op, attr } of meta.graphDef?.node ?? []) {
    const handle = op === 'VarHandleOp' ? graph.find(name)?.outputs[0] : undefined;
    const shape = attr.shape?.value.case === 'shape' ? attr.shape.value.value : undefined;
    if (!handle || !shape || shape.unknownRank || shape.dim.some(({ size }) => size < 0n)) continue;
    const shared = textOf(attr.shared_name) || name;
    const key = `${textOf(attr.container)}/${shared}`;
    if (found.has(key)) continue;
    found.set(key, {
      name,
      handle,
      dtype: dtypeName(attr.dtype?.value.case === 'type' ? attr.dtype.value.value : 0),
      shape: shape.dim.map(({ size }) => Number(size)),
      trainable: trainable.has(name) || trainable.has(shared),
    });
  }
  return [...found.values()];
}

/** Why: Keras' exports name each weight twice, and only one of the two is restored. */
async function withValues(
  session: NativeSession,
  graph: Graph,
  variables: readonly LoadedVariable[],
): Promise<LoadedVariable[]> {
  const scope = new Scope(graph).sub('loaded');
  const asked = variables.map(({ handle }) => scope.add({ type: 'VarIsInitializedOp', inputs: [handle] }).output());
  const fetches = asked.map(({ ref }) => ref);
  const answers = await session.callable([], fetches, []).run([]);
  return variables.filter((_, i) => {
    using answer = new Tensor(answers[i] as NativeTensor);
    return answer.array() === true;
  });
}

function textOf(attr: AttrValue | undefined): string {
  return attr?.value.case === 's' ? Buffer.from(attr.value.value).toString('utf8') : '';
}

/** By node name where the file lists graph variables, by variable name where it describes Python objects. */
function trainableNames({ collectionDef, objectGraphDef }: MetaGraphDef): Set<string> {
  const kind = collectionDef.trainable_variables?.kind;
  const listed = kind?.case === 'bytesList' ? kind.value.value : [];
  const objects = objectGraphDef?.nodes.map(({ kind }) => kind) ?? [];
  return new Set([
    ...listed.map((bytes) => decode(VariableDefSchema, bytes).variableName.replace(/:0$/, '')),
    ...objects.flatMap((kind) => (kind.case === 'variable' && kind.value.trainable ? [kind.value.name] : [])),
  ]);
}
