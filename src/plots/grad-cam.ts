import { gradients } from '../autodiff/gradients.js';
import type { ProgramFunction } from '../core/function.js';
import type { Output } from '../core/output.js';
import { spec, type TensorSpec } from '../core/spec.js';
import { type Tensor, tensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import type { SymbolicTensor } from '../layers/symbolic.js';
import { Functional } from '../models/functional.js';
import * as ops from '../ops/index.js';
import { stretched } from './filters.js';
import { imageGrid } from './image-grid.js';
import { batchOfOne, type Explainable, mapsOf, type NetworkPicture } from './layer-output.js';
import type { GridPicture } from './picture.js';
import { decodePictures } from './picture.js';

export interface GradCamOptions {
  /** Whose feature maps are weighed. @default the last that gives some */
  readonly layer?: string | undefined;
  /** The class to be explained. @default the likeliest */
  readonly classIndex?: number | undefined;
  /** What the heat is laid over. @default the picture as the network takes it, stretched to the whole range of brightness */
  readonly over?: GridPicture | undefined;
  /** How strong the heat is where it is hottest, up to 1. @default 0.6 */
  readonly alpha?: number | undefined;
  /** Where the overlay is written: `.png` or `.svg`. @default nowhere */
  readonly file?: string | undefined;
}

export interface GradCam {
  /** The overlay. */
  readonly svg: string;
  /** How much each place of the feature maps speaks for the class: float32 `[height, width]`, 0 to 1. */
  readonly heatmap: Tensor;
  readonly classIndex: number;
  /** What the network gives for the class. */
  readonly score: number;
}

const WHERE = 'plots.gradCam';
const LIKELIEST = -1;
/** From cold to hot, as red, green, blue at equal steps. */
const COLOURS = [
  [0, 0, 143],
  [0, 96, 255],
  [64, 255, 191],
  [255, 223, 0],
  [255, 48, 0],
  [128, 0, 0],
] as const;

type Explanation = ProgramFunction<Record<'x' | 'wanted', TensorSpec>, Record<'heatmap' | 'index' | 'score', Output>>;
/** Traced once for each layer of a model; a changed model has another output. */
const explanations = new WeakMap<SymbolicTensor, Map<SymbolicTensor, Explanation>>();

/**
 * Grad-CAM (Selvaraju et al. 2017): which places of a picture speak for a class. Feature maps are weighed by the mean
 * gradient of the class's score, before a softmax or sigmoid at the end; what is positive is laid over the picture as heat.
 *
 * @param picture as the network takes it, `[height, width, channels]`
 * @throws TensorFlowError `ERR_ARGUMENT` for a layer without feature maps, one the class does not depend on, or a class
 *   that is not there, `ERR_UNKNOWN_NAME`, `ERR_SHAPE`, `ERR_NOT_WRITABLE`.
 * @example
 * const x = await tf.image.load('1.png', { targetSize: [32, 32], rescale: 1 / 255 });
 * const { classIndex } = await tf.plots.gradCam(model, x, { over: '1.png', file: 'why.png' });
 */
export async function gradCam(
  model: Explainable,
  picture: NetworkPicture,
  { layer, classIndex = LIKELIEST, over, alpha = 0.6, file }: GradCamOptions = {},
): Promise<GradCam> {
  const maps = mapsOf(WHERE, model, layer);
  const batch = batchOfOne(WHERE, picture);
  const classes = model.outputs[0]?.shape?.at(-1) ?? 0;
  if (!Number.isInteger(classIndex) || classIndex < LIKELIEST || classIndex >= classes) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${WHERE}: there is no class ${classIndex} among ${classes}, counted from 0.`,
    );
  }
  const explain = explanationOf(model, maps);
  const { heatmap, index, score } = await explain({ x: batch, wanted: tensor(classIndex, [], 'int32') });
  const shown =
    over ?? stretched(Float32Array.from(batch.dataSync() as ArrayLike<number>, Number), batch.shape.slice(1));
  const svg = await imageGrid([await overlay(shown, heatmap, alpha)], { columns: 1, file });
  return { svg, heatmap, classIndex: numberIn(index), score: numberIn(score) };
}

function explanationOf(model: Explainable, maps: SymbolicTensor): Explanation {
  const [scores] = model.outputs as [SymbolicTensor];
  const known = explanations.get(scores) ?? new Map<SymbolicTensor, Explanation>();
  explanations.set(scores, known);
  let explanation = known.get(maps);
  if (!explanation) {
    const probe = new Functional({ inputs: model.input, outputs: [maps, scores] });
    const inputs = { x: spec('float32', probe.inputs[0]?.shape ?? []), wanted: spec('int32', []) };
    explanation = probe.program.trace('grad_cam', inputs, ({ x, wanted }) => explained(probe, x, wanted));
    known.set(maps, explanation);
  }
  return explanation;
}

/** In the graph: the map of one picture. */
function explained(probe: Functional, x: Output, wanted: Output): Record<'heatmap' | 'index' | 'score', Output> {
  const [maps, scores] = probe.forward<Output[]>(x, false) as [Output, Output];
  const likeliest = ops.cast(ops.argMax(ops.reshape(scores, [-1]), 0), 'int32');
  const index = ops.select(ops.less(wanted, 0), likeliest, wanted);
  const before = scoreBefore(scores);
  const [gradient] = gradients(ops.gather(ops.reshape(before, [-1]), index), [maps]);
  if (!gradient)
    throw new TensorFlowError('ERR_ARGUMENT', `${WHERE}: the classes do not depend on that layer; name another one.`);
  const weights = ops.mean(gradient, [1, 2], { keepDims: true });
  const heat = ops.relu(ops.sum(ops.mul(maps, weights), [0, 3]));
  return {
    heatmap: ops.divNoNan(heat, ops.max(heat, [0, 1])),
    index,
    score: ops.gather(ops.reshape(scores, [-1]), index),
  };
}

/** What the last softmax or sigmoid is given. */
function scoreBefore(scores: Output): Output {
  const [input] = scores.op.inputs;
  return input && ['Softmax', 'Sigmoid'].includes(scores.op.type) ? input : scores;
}

function numberIn(scalar: Tensor): number {
  return Number((scalar.dataSync() as ArrayLike<number>)[0]);
}

/** The picture with the heat over it, the heat brought to its size. */
async function overlay(shown: GridPicture, heatmap: Tensor, alpha: number): Promise<Tensor> {
  const [picture] = await decodePictures(shown, WHERE);
  if (!picture) throw new TensorFlowError('ERR_DATA_EMPTY', `${WHERE}: there is no picture to lay the heat over.`);
  const { data, width, height, channels } = picture;
  const heat = enlarged(heatmap, width, height);
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [place, channel] = [Math.floor(i / 3), i % 3];
    const below = data[place * channels + (channels < 3 ? 0 : channel)] ?? 0;
    const warmth = heat(place % width, Math.floor(place / width));
    const strength = alpha * warmth;
    return Math.round(below * (1 - strength) + colour(warmth, channel) * strength);
  });
  return tensor(pixels, [height, width, 3], 'uint8');
}

/** Between the four nearest places. */
function enlarged(heatmap: Tensor, width: number, height: number): (x: number, y: number) => number {
  const [rows = 1, columns = 1] = heatmap.shape;
  const values = heatmap.dataSync() as Float32Array;
  const at = (row: number, column: number): number => values[row * columns + column] ?? 0;
  return (x, y) => {
    const [top, below, down] = between(((y + 0.5) * rows) / height - 0.5, rows);
    const [left, right, across] = between(((x + 0.5) * columns) / width - 0.5, columns);
    const mixed = (row: number): number => at(row, left) * (1 - across) + at(row, right) * across;
    return mixed(top) * (1 - down) + mixed(below) * down;
  };
}

function between(place: number, count: number): [number, number, number] {
  const inside = Math.min(Math.max(place, 0), count - 1);
  const first = Math.floor(inside);
  return [first, Math.min(first + 1, count - 1), inside - first];
}

function colour(warmth: number, channel: number): number {
  const [from, to, part] = between(warmth * (COLOURS.length - 1), COLOURS.length);
  return (COLOURS[from]?.[channel] ?? 0) * (1 - part) + (COLOURS[to]?.[channel] ?? 0) * part;
}
