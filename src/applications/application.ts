import { stat } from 'node:fs/promises';
import type { PartialShape } from '../core/shape.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import type { SymbolicTensor } from '../layers/symbolic.js';
import { type Functional, model } from '../models/functional.js';
import { input } from '../models/input.js';
import { type Activation, getActivation } from '../nn/activations.js';
import { decodePredictions, fetchClassIndex } from './decode-predictions.js';
import { averageTop, namedPool, type Pool, type Top } from './head.js';
import { type PictureSize, pictureShape, weightsSize } from './input-shape.js';
import { fetchStored, type WeightFiles } from './model-store.js';
import { type PreprocessInput, type PreprocessStyle, preprocessor } from './preprocess-input.js';

/** Options that all networks have, with Keras' meaning. */
export interface ApplicationOptions {
  /** Whether there is a classifier on top of the features. Default true. */
  includeTop?: boolean;
  /**
   * `imagenet` (default): Keras' own file, from Keras' cache folder or, once, from its model store; a path of a weights
   * file; null: the network untrained.
   */
  weights?: string | null;
  /** What the network is put on top of, in place of an input of its own. */
  inputTensor?: SymbolicTensor;
  /** `[rows, columns, channels]`. Default: the network's own size; without a classifier, any. */
  inputShape?: PartialShape;
  /** Without a classifier: the mean (`avg`) or the largest (`max`) of each channel. Default null: all places. */
  pooling?: 'avg' | 'max' | null;
  /** Default 1000. */
  classes?: number;
  /** Default `softmax`; null: the scores before it. */
  classifierActivation?: string | Activation | null;
  /** Default: Keras' name of the network. */
  name?: string;
}

/** What is known of the pictures when the network is built. */
export interface Pictures {
  /** `[rows, columns, channels]` */
  readonly shape: PartialShape;
  /** Height and width of the ImageNet weights that go with it. */
  readonly size: number;
}

/** What makes a network, and what is its own. */
export interface Recipe<O extends ApplicationOptions> extends PictureSize {
  readonly name: string;
  /** What the model is called. Default: `name`. */
  modelName?(options: O, pictures: Pictures): string;
  readonly style: PreprocessStyle;
  /** Options besides the common ones. */
  readonly optionNames?: readonly string[];
  /** From pictures to features. */
  features(pictures: SymbolicTensor, options: O): SymbolicTensor;
  /** From features to classes. Default: mean, dense layer. */
  top?(options: O): Top;
  /** From features to one value of each channel. */
  readonly pool?: Pool;
  /** What comes after all where there is no classifier. */
  finish?(features: SymbolicTensor): SymbolicTensor;
  /** Undefined: the store has none. @throws where there are none for these options */
  files?(options: O, pictures: Pictures): WeightFiles;
}

/** A network of Keras' applications. */
export interface Application<O extends ApplicationOptions = ApplicationOptions> {
  (options?: O): Promise<Functional>;
  /** Height and width of its pictures. */
  readonly inputSize: number;
  /** Pixels from 0 to 255 as it wants them. */
  readonly preprocessInput: PreprocessInput;
  readonly decodePredictions: typeof decodePredictions;
}

const COMMON_OPTIONS = [
  'includeTop',
  'weights',
  'inputTensor',
  'inputShape',
  'pooling',
  'classes',
  'classifierActivation',
  'name',
];
const IMAGENET_CLASSES = 1000;

/** The function that makes a network, with what belongs to it. */
export function application<O extends ApplicationOptions = ApplicationOptions>(recipe: Recipe<O>): Application<O> {
  return Object.assign((options?: O) => build(recipe, options ?? ({} as O)), {
    inputSize: recipe.size,
    preprocessInput: preprocessor(recipe.name, recipe.style),
    decodePredictions,
  });
}

async function build<O extends ApplicationOptions>(recipe: Recipe<O>, options: O): Promise<Functional> {
  checkOptions(recipe.name, options, [...COMMON_OPTIONS, ...(recipe.optionNames ?? [])]);
  const { includeTop = true, weights = 'imagenet', inputTensor } = options;
  await checkWeights(recipe.name, options, weights, includeTop);
  const given = options.inputShape ?? inputTensor?.shape?.slice(1);
  const shape = pictureShape(recipe.name, { inputShape: given, includeTop, weights }, recipe);
  const pictures = { shape, size: weightsSize(recipe, shape) };
  const files = weights === 'imagenet' ? filesOf(recipe, options, pictures) : undefined;
  const x = inputTensor ?? input({ shape });
  const made = model({
    inputs: inputTensor ? sourcesOf(inputTensor) : x,
    outputs: onTop(recipe, recipe.features(x, options), options),
    name: options.name ?? recipe.modelName?.(options, pictures) ?? recipe.name,
  });
  try {
    const path = files ? await fetchStored(includeTop ? files.whole : files.headless) : weights;
    if (path !== null) await made.loadWeights(path);
    // Why: the network works without its names; decodePredictions says what is missing.
    if (files && includeTop) await fetchClassIndex().catch(() => {});
    return made;
  } catch (failure) {
    made.dispose();
    throw failure;
  }
}

function onTop<O extends ApplicationOptions>(recipe: Recipe<O>, features: SymbolicTensor, options: O): SymbolicTensor {
  const { includeTop = true, pooling = null, classes = IMAGENET_CLASSES, classifierActivation = 'softmax' } = options;
  if (includeTop)
    return (recipe.top?.(options) ?? averageTop())(features, { classes, activation: classifierActivation });
  if (pooling !== null && pooling !== 'avg' && pooling !== 'max') throw unknownName('pooling', pooling, ['avg', 'max']);
  const pooled = pooling === null ? features : (recipe.pool ?? namedPool)(features, pooling);
  return recipe.finish?.(pooled) ?? pooled;
}

async function checkWeights(
  name: string,
  { classes = IMAGENET_CLASSES, classifierActivation = 'softmax' }: ApplicationOptions,
  weights: string | null,
  includeTop: boolean,
): Promise<void> {
  if (weights === null) return;
  if (weights !== 'imagenet' && !(await stat(weights).catch(() => undefined))?.isFile()) {
    throw new TensorFlowError(
      'ERR_NOT_READABLE',
      `${name}: weights must be 'imagenet', null, or the path of a file, and there is no file '${weights}'.`,
    );
  }
  if (weights === 'imagenet' && includeTop && classes !== IMAGENET_CLASSES) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${name}: weights: 'imagenet' have ${IMAGENET_CLASSES} classes, got classes: ${classes}; leave the classifier out with includeTop: false and put one of your own on top.`,
    );
  }
  const activation = getActivation(classifierActivation ?? 'linear').name;
  if (includeTop && activation !== 'softmax' && activation !== 'linear') {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${name}: classifierActivation must be 'softmax' or null with trained weights, got '${activation}'; give weights: null for another one.`,
    );
  }
}

function filesOf<O extends ApplicationOptions>(recipe: Recipe<O>, options: O, pictures: Pictures): WeightFiles {
  const files = recipe.files?.(options, pictures);
  if (files) return files;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${recipe.name} is not in Keras' model store; give weights: the path of a file, or null.`,
  );
}

/** The inputs that lead to a tensor. */
function sourcesOf(tensor: SymbolicTensor): SymbolicTensor[] {
  const seen = new Set([tensor]);
  for (const { node } of seen) for (const parent of node.parents) seen.add(parent);
  return [...seen].filter(({ node }) => node.inputs === undefined);
}
