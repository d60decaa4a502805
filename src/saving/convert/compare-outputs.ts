import { type DType, isBigInt, isFloating } from '../../core/dtype.js';
import { formatShape, sizeOf } from '../../core/shape.js';
import { flatten, type Structure, unflatten } from '../../core/structure.js';
import { Tensor, tensor } from '../../core/tensor.js';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import type { Model } from '../../models/model.js';
import type { ModelInput } from '../../models/model-input.js';
import { isRecord, type Values } from '../../training/parts.js';
import type { Prediction } from '../../training/predict.js';
import { ServedModel } from '../served-model.js';

/** Samples of random input, and the size of other axes that may have any. */
const SAMPLES = 2;
const ANY_SIZE = 32;
/** Rounding, relative to the largest output: the same graph may be optimised otherwise. */
const TOLERANCE = 1e-4;

/** How far apart the outputs of two models are. */
export interface OutputDifference {
  /** The largest difference of two numbers that should be the same; infinite where other things differ. */
  readonly largest: number;
  /** Whether that is rounding: at most 1e-4 of the largest output, or of one. */
  readonly agrees: boolean;
  /** What was put in. */
  readonly input: 'random' | 'given';
}

/**
 * Compares what two models make of the same input.
 *
 * @param data for the models' inputs, by name where there are several; by default random numbers from 0 to 1
 * @throws ERR_ARGUMENT where a model cannot run on random input
 */
export async function compareOutputs(one: Model, other: Model, data?: Values): Promise<OutputDifference> {
  if (data !== undefined) {
    const outputs = async (model: Model) => byName(model, await model.predict<Prediction>(data));
    return { ...differenceOf(await outputs(one), await outputs(other)), input: 'given' };
  }
  try {
    const inputs = randomInputs(one);
    return { ...differenceOf(await outputsOf(one, inputs), await outputsOf(other, inputs)), input: 'random' };
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `The outputs of model '${one.name}' cannot be compared on random input: ${messageOf(cause)} Give data of its own to check with, or check: false.`,
      { cause },
    );
  }
}

type Inputs = readonly (readonly [name: string, value: Tensor])[];

/** Not by `predict`, where every input has as many samples as the others: a graph may take anything. */
async function outputsOf(model: Model, inputs: Inputs): Promise<Structure<Tensor>> {
  if (model instanceof ServedModel) {
    const known = new Set(model.inputNames);
    const named = inputs.every(([name]) => known.has(name));
    const names = named ? inputs.map(([name]) => name) : [...known];
    const feeds = unflatten(inputs.map(([, value], i) => [names[i] ?? '', value] as const));
    return (await model.signature(feeds as Record<string, Tensor>)) as Structure<Tensor>;
  }
  const [only, second] = inputs.map(([, value]) => value);
  if (only && !second) return byName(model, await model.predict<Prediction>(only));
  const known = new Set(model.inputNames);
  const named = inputs.every(([name]) => known.has(name));
  const data = named ? Object.fromEntries(inputs) : inputs.map(([, value]) => value);
  return byName(model, await model.predict<Prediction>(data));
}

/** Several outputs by their names, as graphs have them. */
function byName({ outputNames: names }: Model, outputs: Prediction): Structure<Tensor> {
  if (!Array.isArray(outputs) || names?.length !== outputs.length) return outputs;
  return Object.fromEntries(outputs.map((output, i) => [names[i] as string, output]));
}

function randomInputs({ name, modelInputs, inputShape, dtype }: Model): Inputs {
  const inputs = modelInputs ?? [{ name: 'input', dtype, shape: inputShape ?? undefined }];
  const next = generator();
  return inputs.map((input) => [input.name, randomTensor(name, input, next)]);
}

function randomTensor(model: string, { name, dtype, shape }: ModelInput, next: () => number): Tensor {
  if (!shape) throw new Error(`the shape of input '${name}' of '${model}' is not known.`);
  const sizes = shape.map((size, i) => size ?? (i === 0 ? SAMPLES : ANY_SIZE));
  return tensor(
    Array.from({ length: sizeOf(sizes) }, () => randomValue(dtype, next())),
    sizes,
    dtype,
  );
}

/** Whole numbers are 0 and 1, which every vocabulary has. */
function randomValue(dtype: DType, value: number): number | bigint | boolean | string {
  if (isFloating(dtype)) return value;
  const bit = Math.round(value);
  if (dtype === 'bool') return bit === 1;
  if (dtype === 'string') return String(bit);
  return isBigInt(dtype) ? BigInt(bit) : bit;
}

/** Park and Miller's, the same in every run. */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function differenceOf(one: Structure<Tensor>, other: Structure<Tensor>): Pick<OutputDifference, 'largest' | 'agrees'> {
  const [a, b] = [leavesOf(one), leavesOf(other)];
  if (a.map(({ shape }) => formatShape(shape)).join() !== b.map(({ shape }) => formatShape(shape)).join()) {
    return { largest: Number.POSITIVE_INFINITY, agrees: false };
  }
  let [largest, scale] = [0, 1];
  for (const [i, value] of a.entries()) {
    const [mine, theirs] = [elementsOf(value), elementsOf(b[i] as Tensor)];
    for (const [k, element] of mine.entries()) {
      largest = Math.max(largest, distance(element, theirs[k]));
      if (typeof element === 'number' && Number.isFinite(element)) scale = Math.max(scale, Math.abs(element));
    }
  }
  return { largest, agrees: largest <= TOLERANCE * scale };
}

/** In the order of names where there are names: files keep them in orders of their own. */
function leavesOf(structure: Structure<Tensor>): Tensor[] {
  const leaves = flatten(structure, (value): value is Tensor => value instanceof Tensor);
  if (isRecord(structure)) leaves.sort(([a], [b]) => (a < b ? -1 : 1));
  return leaves.map(([, value]) => value);
}

function elementsOf(value: Tensor): unknown[] {
  const all = value.reshape([value.size]).array();
  return Array.isArray(all) ? all : [all];
}

function distance(a: unknown, b: unknown): number {
  if (Object.is(a, b) || a === b) return 0;
  if (typeof a === 'number' && typeof b === 'number' && !Number.isNaN(a - b)) return Math.abs(a - b);
  return Number.POSITIVE_INFINITY;
}
