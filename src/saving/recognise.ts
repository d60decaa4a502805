import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import { isNpz } from './arrays/npz.js';
import { isSafetensors } from './arrays/safetensors.js';
import { isGraphDef } from './frozen-graph.js';
import { readH5 } from './hdf5/container.js';
import { isTree } from './hdf5/weights-h5.js';
import { isKerasFolder } from './keras-archive.js';
import { isSavedModel } from './saved-model-load.js';
import { isGraphModel } from './tfjs/graph-model.js';
import { isTfjs, jsonIn, readJson } from './tfjs/load.js';

/** What files and folders of models and weights are. */
export type FileKind =
  | 'saved-model'
  | 'keras'
  | 'h5'
  | 'h5-weights'
  | 'weights.h5'
  | 'tfjs'
  | 'tfjs-graph'
  | 'frozen-graph'
  | 'npz'
  | 'safetensors'
  | 'checkpoint';

/** The first bytes of a file, null of a folder, undefined where there is nothing of that name. */
type Start = Buffer | null | undefined;

interface Recognition {
  readonly kind: FileKind;
  /** In a sentence: `'x.npz' is <title>`. */
  readonly title: string;
  /** A model; or weights, without what they are of. */
  readonly holds: 'model' | 'weights';
  /** Whether it is, or which path it goes by. */
  find(path: string, start: Start): boolean | string | undefined | Promise<boolean | string | undefined>;
}

const START_BYTES = 1024;
/** LevelDB's number, the last bytes of a checkpoint's index. */
const INDEX_END = Buffer.from('57fb808b247547db', 'hex');

/** The first that fits is meant. */
const KINDS: readonly Recognition[] = [
  { kind: 'saved-model', title: "a SavedModel's folder", holds: 'model', find: (path) => isSavedModel(path) },
  { kind: 'keras', title: "a folder of a '.keras' file's parts", holds: 'model', find: (path) => isKerasFolder(path) },
  { kind: 'h5', title: 'a Keras HDF5 model', holds: 'model', find: (path, start) => isHdf5(start) && h5Is(path, 'h5') },
  { kind: 'weights.h5', title: "Keras 3's '.weights.h5'", holds: 'weights', find: (path, start) => isHdf5(start) && h5Is(path, 'weights.h5') }, // biome-ignore format: a table
  { kind: 'h5-weights', title: 'Keras HDF5 weights', holds: 'weights', find: (_, start) => isHdf5(start) },
  { kind: 'npz', title: "NumPy's '.npz'", holds: 'weights', find: (path, start) => isZip(start) && isNpz(path) },
  { kind: 'keras', title: "a '.keras' archive", holds: 'model', find: (_, start) => isZip(start) },
  {
    kind: 'safetensors',
    title: 'safetensors',
    holds: 'weights',
    find: (path, start) => isSafetensors(path, start ?? null),
  },
  { kind: 'tfjs-graph', title: "tfjs' model.json of a graph", holds: 'model', find: async (path, start) => (await isJson(path, start)) && isGraphModel(await readJson(await jsonIn(path))) }, // biome-ignore format: a table
  { kind: 'tfjs', title: "tfjs' model.json of layers", holds: 'model', find: isJson },
  { kind: 'frozen-graph', title: 'a frozen graph', holds: 'model', find: (_, start) => isGraphDef(start) },
  { kind: 'checkpoint', title: 'a checkpoint', holds: 'weights', find: checkpointPrefix },
];

/** What a path is. */
export interface Recognised {
  readonly kind: FileKind;
  readonly title: string;
  readonly holds: 'model' | 'weights';
  /** As it was given; of a checkpoint what its files have in common. */
  readonly path: string;
}

/**
 * What a file or folder is, by its content: magic bytes and structure, never its name.
 *
 * @throws ERR_NOT_READABLE when there is nothing, ERR_FILE_FORMAT when it is something else or damaged
 * @example
 * (await recognise('cifar_model.h5')).kind   // 'h5'
 */
export async function recognise(path: string): Promise<Recognised> {
  const start = await startOf(path);
  for (const { find, ...known } of KINDS) {
    const found = await find(path, start);
    if (found) return { ...known, path: found === true ? path : found };
  }
  const titles = KINDS.map(({ title }) => title).join(', ');
  const code = start ? 'ERR_FILE_FORMAT' : 'ERR_NOT_READABLE';
  throw new TensorFlowError(code, `'${path}' is nothing that is known here: ${titles}.`);
}

async function startOf(path: string): Promise<Start> {
  try {
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    if (codeOf(cause) === 'EISDIR') return null;
    if (codeOf(cause) === 'ENOENT' && (await isFile(`${path}.index`))) return undefined;
    throw new TensorFlowError('ERR_NOT_READABLE', `'${path}' cannot be read: ${messageOf(cause)}.`, { cause });
  }
}

function isHdf5(start: Start): boolean {
  return beginsWith(start, '\x89HDF\r\n\x1a\n');
}

function isZip(start: Start): boolean {
  return beginsWith(start, 'PK\x03\x04');
}

function beginsWith(start: Start, magic: string): boolean {
  return start?.subarray(0, magic.length).equals(Buffer.from(magic, 'latin1')) === true;
}

async function h5Is(path: string, kind: 'h5' | 'weights.h5'): Promise<boolean> {
  return readH5(path, async (file) =>
    kind === 'h5' ? (await file.text('/', 'model_config')) !== undefined : isTree(file),
  );
}

async function isJson(path: string, start: Start): Promise<boolean> {
  return start !== undefined && (await isTfjs(path, start));
}

/** The prefix of a checkpoint's files, given as it is, by its index, or by a folder that says which is the latest. */
async function checkpointPrefix(path: string, start: Start): Promise<string | undefined> {
  if (start === undefined) return path;
  if (start === null) return latestIn(path);
  return (await endOf(path, INDEX_END.length)).equals(INDEX_END) ? path.replace(/\.index$/, '') : undefined;
}

async function endOf(path: string, bytes: number): Promise<Buffer> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const { buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, Math.max(0, size - bytes));
  return buffer;
}

/** As TensorFlow's savers keep it, in protobuf's text. */
async function latestIn(folder: string): Promise<string | undefined> {
  const state = await readFile(join(folder, 'checkpoint'), 'utf8').catch(() => '');
  const name = /^model_checkpoint_path: "([^"/\\]+)"$/m.exec(state)?.[1];
  if (name === undefined) return undefined;
  const prefix = join(folder, name);
  return (await isFile(`${prefix}.index`)) ? prefix : undefined;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}
