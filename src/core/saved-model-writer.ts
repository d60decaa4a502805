import { constants, copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import { loadAddon } from '../native/library.js';
import { decode, encode } from '../proto/codec.js';
import { AttrValueSchema, DataType, type GraphDef, GraphDefSchema } from '../proto/graph.js';
import {
  type CollectionDefSchema,
  SavedModelSchema,
  SaverDef_CheckpointFormatVersion,
  type SignatureDefSchema,
  type TensorInfoSchema,
  VariableDefSchema,
} from '../proto/saved-model.js';
import type { Saver } from './checkpoint.js';
import { dtypeNumber } from './dtype.js';
import { writeFingerprint } from './fingerprint.js';
import type { Operation, Output } from './output.js';
import { replaceFolder } from './replace-path.js';
import type { Signature } from './signature.js';

/** The collection that keeps how inputs and outputs are nested. */
export const STRUCTURES = 'libtensorflow_node_functions';
/** The tag of graphs for serving, the one everybody looks for. */
export const SERVE = 'serve';
const PREDICT = 'tensorflow/serving/predict';

/** A file that a SavedModel carries along, and the node that holds its path. */
export interface Asset {
  readonly path: Output;
  readonly file: string;
}

/** A file that is made on the spot. */
export interface NewFile {
  /** Without folders. */
  readonly name: string;
  readonly contents: string | Uint8Array;
}

/** What goes into a SavedModel. */
export interface Saveable {
  readonly signatures: readonly Signature[];
  readonly saver: Saver;
  /** Runs once after the variables are there: tables are filled. */
  readonly main: Operation;
  readonly assets: readonly Asset[];
  /** Files for `assets.extra/`, which servers look into. */
  readonly extra: readonly (string | NewFile)[];
}

/**
 * Writes a SavedModel, whole or not at all. An older one of that name is replaced.
 *
 * @throws ERR_NOT_READABLE for an asset that is missing, before anything is written; ERR_NOT_WRITABLE
 */
export async function writeSavedModel(folder: string, program: Saveable): Promise<void> {
  const { saver, extra } = program;
  const assets = program.assets.map(({ path, file }, i, all) => ({ path, file, name: assetName(file, i, all) }));
  for (const file of [...assets.map(({ file }) => file), ...extra]) await checkAsset(file);
  await replaceFolder(
    folder,
    (entries) => entries.includes('saved_model.pb'),
    async (temporary) => {
      await saver.write(join(temporary, 'variables', 'variables'));
      await putInto(
        join(temporary, 'assets'),
        assets.map(({ name, file }) => [name, file]),
      );
      await putInto(
        join(temporary, 'assets.extra'),
        extra.map((file) => (typeof file === 'string' ? [basename(file), file] : [file.name, file])),
      );
      await writeFile(join(temporary, 'saved_model.pb'), savedModelBytes(program, assets));
      await writeFingerprint(temporary);
    },
  );
}

type NamedAsset = Asset & { name: string };

/** The file's own name, numbered where two files share it. */
function assetName(file: string, index: number, all: readonly Asset[]): string {
  const { name, ext, base } = parse(file);
  const before = all.slice(0, index).filter((other) => basename(other.file) === base).length;
  return before === 0 ? base : `${name}_${before}${ext}`;
}

async function checkAsset(file: string | NewFile): Promise<void> {
  if (typeof file !== 'string') {
    if (basename(file.name) === file.name) return;
    throw new TensorFlowError('ERR_ARGUMENT', `Asset '${file.name}' must be named without folders.`);
  }
  const found = await stat(file).catch((error) => missingAsset(file, messageOf(error)));
  if (!found.isFile()) missingAsset(file, 'it is no file');
}

function missingAsset(file: string, reason: string): never {
  throw new TensorFlowError('ERR_NOT_READABLE', `Asset '${file}' cannot be saved: ${reason}. Nothing was written.`);
}

type Put = readonly [name: string, file: string | NewFile];

async function putInto(folder: string, files: readonly Put[]): Promise<void> {
  if (files.length > 0) await mkdir(folder);
  for (const [name, file] of files) {
    if (typeof file === 'string') await copyFile(file, join(folder, name), constants.COPYFILE_EXCL);
    else await writeFile(join(folder, name), file.contents, { flag: 'wx' });
  }
}

function savedModelBytes(program: Saveable, assets: readonly NamedAsset[]): Uint8Array {
  const { saver, signatures, main } = program;
  return encode(SavedModelSchema, {
    savedModelSchemaVersion: 1n,
    metaGraphs: [
      {
        metaInfoDef: { tags: [SERVE], tensorflowVersion: loadAddon().version() },
        graphDef: graphDef(program, assets),
        saverDef: {
          filenameTensorName: saver.save.inputs.prefix.name,
          saveTensorName: saver.save.outputs.prefix.name,
          restoreOpName: saver.restored.name,
          maxToKeep: 5,
          version: SaverDef_CheckpointFormatVersion.V2,
        },
        collectionDef: {
          saved_model_main_op: { kind: { case: 'nodeList', value: { value: [main.name] } } },
          ...variableCollections(saver),
          [STRUCTURES]: bytesList(
            signatures.map(({ name, nesting }) => Buffer.from(JSON.stringify({ name, ...nesting }))),
          ),
        },
        signatureDef: Object.fromEntries(signatures.map((signature) => [signature.name, signatureDef(signature)])),
        assetFileDef: assets.map(({ path, name }) => ({ tensorInfo: nameOf(path), filename: name })),
      },
    ],
  });
}

function bytesList(value: Uint8Array[]): MessageInitShape<typeof CollectionDefSchema> {
  return { kind: { case: 'bytesList', value: { value } } };
}

function variableCollections(saver: Saver): Record<string, MessageInitShape<typeof CollectionDefSchema>> {
  const definitions = saver.variables.map(({ handle, trainable }, i) => ({
    trainable,
    bytes: encode(VariableDefSchema, {
      variableName: handle.name,
      initializerName: saver.setters[i]?.name ?? '',
      snapshotName: saver.reads[i]?.name ?? '',
      isResource: true,
      trainable,
    }),
  }));
  return {
    variables: bytesList(definitions.map(({ bytes }) => bytes)),
    trainable_variables: bytesList(definitions.filter(({ trainable }) => trainable).map(({ bytes }) => bytes)),
  };
}

function signatureDef({ inputs, outputs, method = PREDICT }: Signature): MessageInitShape<typeof SignatureDefSchema> {
  const infos = (values: Signature['inputs']) =>
    Object.fromEntries(values.map(([key, output]) => [key, tensorInfo(output)]));
  return { inputs: infos(inputs), outputs: infos(outputs), methodName: method };
}

function nameOf({ name }: Output) {
  return { encoding: { case: 'name', value: name } } as const;
}

function tensorInfo(output: Output): MessageInitShape<typeof TensorInfoSchema> {
  const { shape } = output;
  return {
    ...nameOf(output),
    dtype: dtypeNumber(output.dtype) as DataType,
    tensorShape: shape === null ? { unknownRank: true } : { dim: shape.map((size) => ({ size: BigInt(size ?? -1) })) },
  };
}

/** What the signatures, the saver and the initialization consist of; assets by the names they will have. */
function graphDef({ signatures, saver, main }: Saveable, assets: readonly NamedAsset[]): GraphDef {
  const graph = decode(GraphDefSchema, main.graph.toGraphDef());
  const roots = [
    ...signatures.flatMap(({ inputs, outputs }) => [...inputs, ...outputs].map(([, { op }]) => op.name)),
    ...assets.map(({ path }) => path.op.name),
    ...saver.variables.map(({ handle }) => handle.op.name),
    saver.save.outputs.prefix.op.name,
    saver.restored.name,
    main.name,
  ];
  const kept = reachedFrom(roots, graph);
  graph.node = graph.node.filter(({ name }) => kept.has(name));
  const names = new Map(assets.map(({ path, name }) => [path.op.name, `assets/${name}`]));
  for (const node of graph.node) {
    const text = names.get(node.name);
    if (text !== undefined) node.attr.value = create(AttrValueSchema, stringValue(text));
  }
  return graph;
}

function stringValue(text: string): MessageInitShape<typeof AttrValueSchema> {
  return {
    value: { case: 'tensor', value: { dtype: DataType.DT_STRING, tensorShape: {}, stringVal: [Buffer.from(text)] } },
  };
}

function reachedFrom(roots: readonly string[], { node }: GraphDef): Set<string> {
  const inputs = new Map(node.map(({ name, input }) => [name, input]));
  const reached = new Set<string>();
  const open = [...roots];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    for (const input of inputs.get(name) ?? []) open.push(input.replace(/^\^/, '').replace(/:\d+$/, ''));
  }
  return reached;
}
