import { mkdir, realpath, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { temporaryBeside } from '../../core/replace-path.js';
import { codeOf, TensorFlowError } from '../../errors/errors.js';
import { checkOptions } from '../../errors/suggest.js';
import { cloneModel } from '../../models/deserialize.js';
import type { Model } from '../../models/model.js';
import type { Values } from '../../training/parts.js';
import { bytesOf } from '../files-of.js';
import { loadModel } from '../load-model.js';
import { type FileKind, type Recognised, recognise } from '../recognise.js';
import { ServedModel } from '../served-model.js';
import { compareOutputs, type OutputDifference } from './compare-outputs.js';
import type { ConvertFormat } from './formats.js';
import { formatsOfGraphs, type Target, targetOf, type WriteOptions } from './targets.js';

export interface ConvertOptions extends WriteOptions {
  /** Default: what the name ends with; a name without an ending is a SavedModel's folder. */
  format?: ConvertFormat;
  /** Replace what is there. Default false. */
  force?: boolean;
  /** A model file with the layers that weights are of, where there are weights only. */
  architecture?: string;
  /**
   * Whether the outputs of what was written are compared with the model's, before it replaces anything: on random input,
   * on data that is given, or not at all. Default true.
   */
  check?: boolean | Values;
}

/** One side of a conversion. */
export interface Converted {
  readonly path: string;
  readonly kind: FileKind;
  /** In words. */
  readonly title: string;
  /** On disk. */
  readonly bytes: number;
}

export interface Conversion {
  readonly from: Converted;
  readonly to: Converted;
  /** Left out where nothing was compared. */
  readonly difference?: OutputDifference;
}

const OPTIONS = ['format', 'force', 'architecture', 'check', 'quantize', 'dialect'];

/**
 * Converts a model's file or folder to another format, whole or not at all. What it is, is told by its content.
 *
 * Models with layers become anything; graphs without layers (SavedModels of others, tfjs' graph models, frozen graphs)
 * become SavedModels; weights alone need an `architecture`.
 *
 * @throws ERR_NOT_WRITABLE where something is there already, unless `force`; ERR_ARGUMENT for what cannot be converted,
 * with the reason; ERR_FILE_FORMAT where the outputs would be others, but for those of quantised weights; and what
 * `loadModel` and the writers throw
 * @example
 * const { to, difference } = await convert('cifar_model.h5', 'cifar.keras');
 * await convert('cifar_model.h5', 'web-model', { format: 'tfjs', quantize: 'uint8' });
 */
export async function convert(from: string, to: string, options: ConvertOptions = {}): Promise<Conversion> {
  checkOptions('convert', options, OPTIONS);
  const { format, force = false, architecture, check = true, ...written } = options;
  const target = targetOf(to, format, written);
  if (!force) await refuseExisting(target.file?.(to) ?? to);
  const source = await recognise(from);
  using model = await modelOf(source, architecture);
  if (model instanceof ServedModel) checkGraph(source, target, written);
  let difference: OutputDifference | undefined;
  if (check === false) await target.write(model, to, written);
  else difference = await writeChecked(model, to, target, { ...written, check });
  const sides = { from: await sideOf(source), to: await sideOf(await recognise(to)) };
  return { ...sides, ...(difference && { difference }) };
}

/** Writes to a folder beside the target, which it replaces once the outputs were compared. */
async function writeChecked(
  model: Model,
  to: string,
  target: Target,
  { check, ...written }: WriteOptions & { check: true | Values },
): Promise<OutputDifference> {
  await target.place.prepare(to);
  const real = await realpath(to).catch(() => resolve(to));
  const folder = temporaryBeside(real);
  const made = join(folder, basename(real));
  try {
    await mkdir(folder);
    await target.write(model, made, written);
    const difference = await compared(model, made, target, check === true ? undefined : check);
    if (!difference.agrees && written.quantize === undefined) throw otherwise(to, difference);
    await target.place.put(made, to);
    return difference;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compared(
  model: Model,
  made: string,
  { holds }: Target,
  data: Values | undefined,
): Promise<OutputDifference> {
  using again = holds === 'model' ? await loadModel(made) : await withWeights(cloneModel(model), made);
  return await compareOutputs(model, again, data);
}

function otherwise(to: string, { largest, input }: OutputDifference): TensorFlowError {
  const data = input === 'random' ? 'random input' : 'the given data';
  const far = Number.isFinite(largest) ? `differ by ${largest.toPrecision(3)}` : 'are not of the same kind';
  return new TensorFlowError(
    'ERR_FILE_FORMAT',
    `'${to}' was not written: it would predict otherwise than what it is made of, outputs on ${data} ${far}; check: false (--no-check) writes it.`,
  );
}

async function refuseExisting(path: string): Promise<void> {
  const found = await stat(path).catch((error) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!found) return;
  throw new TensorFlowError(
    'ERR_NOT_WRITABLE',
    `'${path}' is there already; take another name, or force: true (--force).`,
  );
}

async function modelOf({ path, title, holds }: Recognised, architecture: string | undefined): Promise<Model> {
  if (architecture !== undefined) return withWeights(await loadModel(architecture), path);
  if (holds === 'model') return loadModel(path);
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `'${path}' is ${title}, which holds weights only; name a model file with the layers they are of as architecture.`,
  );
}

async function withWeights(model: Model, path: string): Promise<Model> {
  try {
    await model.loadWeights(path);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** What is not possible with a graph without layers, and why. */
function checkGraph(
  { path, title }: Recognised,
  { kind, graphs }: Target & { kind: ConvertFormat },
  { quantize }: WriteOptions,
): void {
  const what = `'${path}' is ${title}, a graph without layers`;
  if (!graphs) {
    const possible = formatsOfGraphs().join(', ');
    const reason = `which ${kind} cannot hold: its files are of layers and their weights. It can become ${possible}.`;
    throw new TensorFlowError('ERR_ARGUMENT', `${what}, ${reason}`);
  }
  if (quantize === undefined) return;
  throw new TensorFlowError('ERR_ARGUMENT', `${what}, whose weights cannot be quantised; leave quantize out.`);
}

async function sideOf(recognised: Recognised): Promise<Converted> {
  return { ...recognised, bytes: await bytesOf(recognised) };
}
