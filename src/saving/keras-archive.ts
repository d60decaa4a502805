import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import type { ModelConfig } from '../models/config-dialect.js';
import { type LoadWeightsOptions, registerFormat } from '../models/formats.js';
import type { Model } from '../models/model.js';
import { createH5, type H5Reader, readH5 } from './hdf5/container.js';
import { formatPythonJson, parsePythonJson } from './hdf5/python-json.js';
import { checkWritable, replaceFile } from './hdf5/replace-file.js';
import { restoreTree, restoreTreeOptimizer, writeTree } from './hdf5/weights-h5.js';
import { archiveConfig } from './keras-archive-config.js';
import { checkBuilt, compileFrom, modelFrom } from './keras-model.js';
import { withVocabularies } from './vocabularies.js';
import { type MemberBytes, readZip } from './zip/zip-reader.js';
import { ZipWriter } from './zip/zip-writer.js';

const KERAS_VERSION = '3.15.1';
const CONFIG = 'config.json';
const METADATA = 'metadata.json';
const WEIGHTS = 'model.weights.h5';
const CONFIG_LIMIT = 2 ** 28;

/** The three files of Keras 3's format, in an archive or a folder. */
interface Members {
  config(): Promise<Buffer>;
  /** Undefined where there is none, which nothing depends on. */
  metadata(): Promise<Buffer | undefined>;
  /** An asset, a text. */
  text(name: string): Promise<string | undefined>;
  weights(): Promise<Pick<MemberBytes, 'path'> & Partial<MemberBytes>>;
}

/**
 * Saves a model as Keras 3's `.keras` archive: architecture, weights, compile options and the optimizer's state.
 *
 * @throws ERR_NOT_WRITABLE; the file that was there stays whole. ERR_NOT_BUILT for a model without weights
 */
export async function saveKeras(model: Model, path: string): Promise<void> {
  checkBuilt(model);
  const config = formatPythonJson(archiveConfig(model));
  const metadata = JSON.stringify({ keras_version: KERAS_VERSION, date_saved: now() });
  await replaceFile(path, (temporary) =>
    ZipWriter.write(temporary, async (zip) => {
      await zip.add(METADATA, [Buffer.from(metadata)]);
      await zip.add(CONFIG, [Buffer.from(config)]);
      await zip.addInPlace(WEIGHTS, (file, offset) =>
        createH5(file, `${path}/${WEIGHTS}`, (h5) => writeTree(h5, model), offset),
      );
    }),
  );
}

/** `2026-11-24@12:00:00` */
function now(): string {
  return new Date().toISOString().slice(0, 19).replace('T', '@');
}

/** A model from a `.keras` archive, or from a folder of its files, ready to predict and, as compiled, to train on. */
export async function loadKeras(path: string): Promise<Model> {
  return withMembers(path, async ({ config, text, weights }) => {
    const { model: described, compile } = parseConfig(path, await config());
    const model = modelFrom(path, { ...described, config: await withVocabularies(described.config, text) });
    try {
      await readMember(path, await weights(), async (file) => {
        await restoreTree(file, path, model);
        if (compile) compileFrom(path, model, compile);
        await restoreState(file, path, model);
      });
      return model;
    } catch (error) {
      model.dispose();
      throw error;
    }
  });
}

/** Sets a model's weights from a `.keras` archive, or a folder of its files. */
export async function loadKerasWeights(model: Model, path: string, options: LoadWeightsOptions): Promise<void> {
  await withMembers(path, async ({ weights }) =>
    readMember(path, await weights(), (file) => restoreTree(file, path, model, options)),
  );
}

/** The optimizer's state, or a warning that there is none that fits. */
export async function restoreState(file: H5Reader, path: string, model: Model): Promise<void> {
  if (await restoreTreeOptimizer(file, model)) return;
  process.emitWarning(`'${path}': the optimizer's state does not fit and starts anew.`);
}

/** A `.keras` archive as it is. */
export interface KerasArchive {
  readonly model: ModelConfig;
  /** What the model was compiled with, as Keras has it. */
  readonly compile: Record<string, unknown> | null;
  /** Who wrote it and when, as JSON. */
  readonly metadata: string | undefined;
  /** Its weights. */
  readonly file: H5Reader;
}

/** What is in a `.keras` archive, or a folder of its files; weights can be read as long as `use` runs. */
export async function withKeras<T>(path: string, use: (archive: KerasArchive) => Promise<T>): Promise<T> {
  return withMembers(path, async ({ config, metadata, weights }) => {
    const described = { ...parseConfig(path, await config()), metadata: (await metadata())?.toString() };
    return readMember(path, await weights(), (file) => use({ ...described, file }));
  });
}

/** Whether a folder has the files of a `.keras` archive. */
export async function isKerasFolder(path: string): Promise<boolean> {
  const found = await Promise.all([CONFIG, WEIGHTS].map((name) => stat(join(path, name)).catch(() => undefined)));
  return found.every((file) => file?.isFile() === true);
}

async function withMembers<T>(path: string, use: (members: Members) => Promise<T>): Promise<T> {
  if (await isKerasFolder(path)) {
    return use({
      config: () => readFile(join(path, CONFIG)),
      metadata: () => readFile(join(path, METADATA)).catch(() => undefined),
      text: (name) => readFile(join(path, name), 'utf8').catch(() => undefined),
      weights: async () => ({ path: join(path, WEIGHTS) }),
    });
  }
  return readZip(path, (zip) =>
    use({
      config: () => zip.bytes(CONFIG, CONFIG_LIMIT),
      metadata: async () => (zip.has(METADATA) ? zip.bytes(METADATA, CONFIG_LIMIT) : undefined),
      text: async (name) => (zip.has(name) ? (await zip.bytes(name, CONFIG_LIMIT)).toString() : undefined),
      weights: () => zip.open(WEIGHTS),
    }),
  );
}

function readMember<T>(
  path: string,
  { path: file, within }: Pick<MemberBytes, 'path'> & Partial<MemberBytes>,
  read: (file: H5Reader) => Promise<T>,
): Promise<T> {
  return readH5(file, read, { within, title: `${path}/${WEIGHTS}` });
}

function parseConfig(path: string, bytes: Buffer): { model: ModelConfig; compile: Record<string, unknown> | null } {
  const damaged = (what: string, cause?: unknown): TensorFlowError =>
    new TensorFlowError('ERR_FILE_FORMAT', `'${path}' is damaged: at '${CONFIG}', ${what}.`, { cause });
  let json: unknown;
  try {
    json = parsePythonJson(bytes.toString());
  } catch (error) {
    throw damaged(messageOf(error), error);
  }
  if (!isRecord(json)) throw damaged('there is no JSON object');
  const { class_name, config, compile_config: compile } = json;
  if (typeof class_name !== 'string' || config === undefined) throw damaged('there is no "class_name" and "config"');
  return { model: { class_name, config }, compile: isRecord(compile) ? compile : null };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

registerFormat({ extension: '.keras', save: saveKeras, checkWritable });
