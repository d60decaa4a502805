import { isFloating } from '../../../core/dtype.js';
import type { ServedSignature, ServedTensor, ServedTensors } from '../../repository/servable.js';
import { isBytes } from '../json/tensor-to-json.js';
import { type Json, mapped } from './schema.js';

/** Numbers of an example above which one form of it is enough. */
const LARGE = 10_000;

/** A request in both of TensorFlow Serving's forms, as it can be sent; a large one in one form. */
export function requestExamples({ name, inputs }: ServedSignature): Json {
  const columns = { [`${name}, columns`]: { value: { signature_name: name, inputs: exampleColumns(inputs) } } };
  if (!isByRows(inputs)) return columns;
  const rows = { [`${name}, rows`]: { value: { signature_name: name, instances: [exampleRow(inputs)] } } };
  return isLarge(inputs) ? rows : { ...rows, ...columns };
}

/** Whether every input has rows. */
export function isByRows(inputs: ServedTensors): boolean {
  return Object.values(inputs).every(({ shape }) => shape === null || shape[0] === null);
}

export function isLarge(inputs: ServedTensors): boolean {
  const size = ({ shape }: ServedTensor): number =>
    (shape ?? []).reduce((product: number, length) => product * (length ?? 1), 1);
  return Object.values(inputs).some((one) => size(one) > LARGE);
}

export function exampleRow(inputs: ServedTensors): Json {
  return mapped(inputs, (one, name) => exampleOf(name, one.shape?.slice(1) ?? [], one));
}

function exampleColumns(inputs: ServedTensors): Json {
  return mapped(inputs, (one, name) => exampleOf(name, one.shape ?? [null], one));
}

/** Elements of a tensor of one row, row-major. */
export function exampleElements(name: string, tensor: ServedTensor): unknown[] {
  const nested = exampleOf(name, tensor.shape ?? [null], tensor);
  return Array.isArray(nested) ? nested.flat(tensor.shape?.length ?? 1) : [nested];
}

/** Zeros, halves where they are floating point; a length of one where any will do. */
function exampleOf(name: string, shape: readonly (number | null)[], { dtype }: ServedTensor): unknown {
  const nest = (axis: number): unknown =>
    axis === shape.length ? element() : Array.from({ length: shape[axis] ?? 1 }, () => nest(axis + 1));
  const element = (): unknown => {
    if (dtype === 'string') return isBytes(name) ? { b64: PICTURE } : 'text';
    if (dtype === 'bool') return false;
    return isFloating(dtype) ? 0.5 : 0;
  };
  return nest(0);
}

/** Bytes of a model are most often a picture: a PNG of one grey pixel. */
const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';
