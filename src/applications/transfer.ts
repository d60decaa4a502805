import type { Several } from '../core/several.js';
import type { ImageDataGeneratorOptions } from '../data/index.js';
import type { DataSource } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import { Dense } from '../layers/core/dense.js';
import * as layers from '../layers/index.js';
import type { Layer } from '../layers/layer.js';
import { BatchNormalization } from '../layers/normalization/batch-normalization.js';
import { Dropout } from '../layers/regularization/dropout.js';
import { isSymbolic, type SymbolicTensor } from '../layers/symbolic.js';
import { Functional } from '../models/functional.js';
import type { Model } from '../models/model.js';
import { Sequential } from '../models/sequential.js';
import { optimizers } from '../nn/index.js';
import type { Callback, History, Logs } from '../training/callbacks/index.js';
import type { CompileOptions } from '../training/compiled.js';
import type { FitOptions } from '../training/fit.js';
import { type Bottleneck, bottleneck } from './bottleneck.js';
import { sourceOf, type TransferData } from './transfer-data.js';

export type { TransferData } from './transfer-data.js';

/** Training of the layers on top of the base, once the new ones have learnt. */
export interface FineTuneOptions {
  /** The first layer of the base that learns. Default: its first. */
  from?: string;
  /** Default 5. */
  epochs?: number;
  /** Default: Adam at 1e-5. */
  optimizer?: CompileOptions['optimizer'];
}

export interface TransferOptions {
  /** How many classes are to be told apart. */
  classes: number;
  train: TransferData;
  valid?: TransferData;
  /**
   * The layer of the base whose output the new layers are given. Default: the one below the classifier, which is the last
   * layer with weights where that is dense, and below a dropout before it; without a classifier, the last.
   */
  cut?: string;
  /** The layers put on top, the last one giving `classes` scores. Default: dropout 0.2 and a dense layer with softmax. */
  head?: readonly Layer[];
  /** Most epochs of the new layers. Default 10. */
  epochs?: number;
  /** Default 32. */
  batchSize?: number;
  /** Default `adam`. */
  optimizer?: CompileOptions['optimizer'];
  /** Default: categorical cross-entropy, for class numbers the sparse one. */
  loss?: CompileOptions['loss'];
  /** Default `['accuracy']`. */
  metrics?: CompileOptions['metrics'];
  /** Left out: the base stays as it is. */
  fineTune?: FineTuneOptions;
  /** How pictures of folders are read, such as `{ preprocessingFunction: vgg16.preprocessInput }`. Default: `rescale` 1/255. */
  pictures?: ImageDataGeneratorOptions;
  /** Options of `imageDataGenerator` besides, for fine-tuning on a folder. The frozen base sees pictures as they are. */
  augment?: ImageDataGeneratorOptions;
  callbacks?: readonly Callback[];
  /** Seed of the order of folders. */
  seed?: number;
  verbose?: 0 | 1 | 2 | 'auto';
  /** Stops after the running step. */
  signal?: AbortSignal;
}

export interface TransferResult {
  /** The base, up to the cut, with the new layers on top; compiled. */
  readonly model: Functional;
  /** Of the new layers. */
  readonly history: History;
  /** Undefined without `fineTune`. */
  readonly fineTuning: History | undefined;
  /** Loss and metrics on `valid` after training; undefined without it. */
  readonly evaluation: Logs | undefined;
}

const OPTION_NAMES = [
  ...['classes', 'train', 'valid', 'cut', 'head', 'epochs', 'batchSize', 'optimizer', 'loss', 'metrics', 'fineTune'],
  ...['pictures', 'augment', 'callbacks', 'seed', 'verbose', 'signal'],
];
const DROPOUT = 0.2;
const FINE_TUNING = { epochs: 5, learningRate: 1e-5 };

/**
 * Transfer learning in one call. The base is frozen and loses its classifier; what it makes of each picture is computed
 * once, and new layers learn from that, so that an epoch costs only them. Then, by option, the upper part of the base
 * learns with them, slowly, its batch normalization staying in inference mode.
 *
 * The base shares its layers with the result: it is frozen, and after fine-tuning changed.
 *
 * @throws ERR_LABELS for data without labels, ERR_UNKNOWN_NAME for a layer that is not there, ERR_SHAPE, and what `fit` does
 * @example
 * const base = await tf.applications.mobilenetV2({ includeTop: false, pooling: 'avg' });
 * const { model, evaluation } = await tf.applications.transfer(base, {
 *   classes: 2, train: 'data2/train', valid: 'data2/valid', epochs: 10,
 *   pictures: { preprocessingFunction: tf.applications.mobilenetV2.preprocessInput },
 *   fineTune: { from: 'block_16_expand', epochs: 3 },
 * });
 */
export async function transfer(base: Sequential | Functional, options: TransferOptions): Promise<TransferResult> {
  checkOptions('transfer', options, OPTION_NAMES);
  const data = await sources(base, options);
  const features = featuresOf(base, options.cut);
  const head = options.head ?? newHead(options.classes);
  const trunk = new Functional({ inputs: base.input, outputs: features });
  const model = new Functional({ inputs: base.input, outputs: stacked(features, head) });
  checkClasses(model, options.classes);
  const tuned = options.fineTune ? layersFrom(trunk, options.fineTune.from) : [];
  for (const layer of trunk.layers) layer.trainable = false;

  const { history, loss } = await trainHead(head, trunk, data, options);
  // Why not normalization: its means would wander.
  for (const layer of tuned) layer.trainable = !(layer instanceof BatchNormalization);
  compile(model, options.fineTune?.optimizer ?? optimizers.adam(FINE_TUNING.learningRate), loss, options);
  const fineTuning = options.fineTune && (await tune(model, data, options));
  const judged = data.valid !== undefined && !options.signal?.aborted;
  return { model, history, fineTuning, evaluation: judged ? await model.evaluate(data.valid) : undefined };
}

/** What the network sees. */
interface Sources {
  /** As it is. */
  readonly plain: DataSource;
  /** In another order each time, and augmented where that is asked for. */
  readonly training: DataSource;
  readonly valid: DataSource | undefined;
}

async function sources(base: Model, options: TransferOptions): Promise<Sources> {
  const { batchSize = 32, seed, train, valid, pictures = { rescale: 1 / 255 }, augment } = options;
  const reading = { batchSize, seed, shuffle: false, generator: pictures };
  const plain = await sourceOf(base, train, reading);
  const learning = { ...reading, shuffle: true, generator: { ...pictures, ...augment } };
  return {
    plain,
    training: options.fineTune ? await sourceOf(base, train, learning) : plain,
    valid: valid === undefined ? undefined : await sourceOf(base, valid, reading),
  };
}

/** What the new layers are given. */
function featuresOf(base: Sequential | Functional, cut: string | undefined): SymbolicTensor {
  let output = cut === undefined ? belowClassifier(base) : base.getLayer(cut).output;
  if (isSymbolic(output) && output.layer instanceof Dropout) output = output.layer.input;
  if (!isSymbolic(output)) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `transfer: model '${base.name}' has several outputs there; name a layer with one in cut.`,
    );
  }
  return (output.shape?.length ?? 0) > 2
    ? layers.globalAveragePooling2d({ name: 'transfer_pool' }).apply(output)
    : output;
}

/** Without a classifier, all there is. */
function belowClassifier(base: Sequential | Functional): Several<SymbolicTensor> {
  const last = base.layers.findLast(({ weights }) => weights.length > 0);
  return last && isClassifier(last) ? base.getLayer(last.name).input : base.output;
}

/** A dense layer, or a convolution of a single place, as MobileNet has it. */
function isClassifier(layer: Layer): boolean {
  const [, height, width] = layer.inputShape ?? [];
  return layer instanceof Dense || (height === 1 && width === 1);
}

function newHead(classes: number): Layer[] {
  const activation = classes === 1 ? 'sigmoid' : 'softmax';
  return [
    layers.dropout({ rate: DROPOUT, name: 'transfer_dropout' }),
    layers.dense({ units: classes, activation, name: 'transfer_classes' }),
  ];
}

function stacked(features: SymbolicTensor, head: readonly Layer[]): SymbolicTensor {
  return head.reduce((x, layer) => layer.apply(x), features);
}

function checkClasses(model: Model, classes: number): void {
  const scores = model.outputShape?.at(-1);
  if (scores === classes) return;
  throw new TensorFlowError(
    'ERR_SHAPE',
    `transfer: the head gives ${scores} scores for ${classes} classes; end it with dense({ units: ${classes} }).`,
  );
}

/** The new layers learn from what the base makes of the pictures, computed once. */
async function trainHead(
  head: readonly Layer[],
  trunk: Model,
  { plain, valid }: Sources,
  options: TransferOptions,
): Promise<{ history: History; loss: CompileOptions['loss'] }> {
  const known = await bottleneck(trunk, plain);
  const validKnown = valid && (await bottleneck(trunk, valid));
  const loss = options.loss ?? lossFor(options.classes, known);
  const top = new Sequential({ layers: head });
  compile(top, options.optimizer, loss, options);
  const history = await top.fit(known.x, known.y, {
    ...fitOptions(options),
    epochs: options.epochs ?? 10,
    batchSize: options.batchSize ?? 32,
    ...(known.sampleWeight ? { sampleWeight: known.sampleWeight } : {}),
    ...(validKnown ? { validationData: [validKnown.x, validKnown.y] } : {}),
  });
  for (const tensor of [known, validKnown].flatMap((one) => (one ? Object.values(one) : []))) tensor?.dispose();
  return { history, loss };
}

function lossFor(classes: number, { y }: Bottleneck): string {
  if (classes === 1) return 'binaryCrossentropy';
  return y.shape.length === 1 || y.shape.at(-1) === 1 ? 'sparseCategoricalCrossentropy' : 'categoricalCrossentropy';
}

function layersFrom(trunk: Model, from: string | undefined): readonly Layer[] {
  return from === undefined ? trunk.layers : trunk.layers.slice(trunk.layers.indexOf(trunk.getLayer(from)));
}

async function tune(model: Model, { training, valid }: Sources, options: TransferOptions): Promise<History> {
  const epochs = options.fineTune?.epochs ?? FINE_TUNING.epochs;
  return model.fit(training, { ...fitOptions(options), epochs, ...(valid ? { validationData: valid } : {}) });
}

function compile(
  model: Model,
  optimizer: CompileOptions['optimizer'],
  loss: CompileOptions['loss'],
  options: TransferOptions,
): void {
  model.compile({
    optimizer: optimizer ?? 'adam',
    ...(loss === undefined ? {} : { loss }),
    metrics: options.metrics ?? ['accuracy'],
  });
}

function fitOptions({ callbacks, verbose, signal }: TransferOptions): FitOptions {
  return { ...(callbacks && { callbacks }), ...(verbose !== undefined && { verbose }), ...(signal && { signal }) };
}
