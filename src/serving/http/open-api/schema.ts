import { isBigInt, isFloating } from '../../../core/dtype.js';
import { formatSpec } from '../../../core/spec.js';
import type { ServedTensor, ServedTensors } from '../../repository/servable.js';

export type Json = Readonly<Record<string, unknown>>;

export function object(properties: Json, required: readonly string[] = Object.keys(properties)): Json {
  return { type: 'object', properties, required };
}

export function list(items: Json): Json {
  return { type: 'array', minItems: 1, items };
}

/** Inputs or outputs of one row, by name. */
export function rowSchema(tensors: ServedTensors): Json {
  return object(mapped(tensors, (one) => tensorSchema(one, one.shape?.slice(1))));
}

/** Inputs or outputs of all rows, by name. */
export function columnsSchema(tensors: ServedTensors): Json {
  return object(mapped(tensors, (one) => tensorSchema(one, one.shape)));
}

/** As TensorFlow Serving answers: a single output goes without its name. */
export function bareIfOne(schema: Json, tensors: ServedTensors): unknown {
  const [only, second] = Object.keys(tensors);
  return only !== undefined && second === undefined ? (schema.properties as Json)[only] : schema;
}

export function mapped<T>(tensors: ServedTensors, make: (tensor: ServedTensor, name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(tensors).map(([name, one]) => [name, make(one, name)]));
}

function tensorSchema(tensor: ServedTensor, shape: ServedTensor['shape'] | undefined): Json {
  const description = formatSpec(tensor);
  if (!shape) return { description };
  const nest = (axis: number): Json => {
    if (axis === shape.length) return elementSchema(tensor);
    const length = shape[axis];
    const sized = length === null ? {} : { minItems: length, maxItems: length };
    return { type: 'array', items: nest(axis + 1), ...sized };
  };
  return { description, ...nest(0) };
}

function elementSchema({ dtype }: ServedTensor): Json {
  if (dtype === 'string') return { anyOf: [{ type: 'string' }, object({ b64: { type: 'string' } })] };
  if (dtype === 'bool') return { type: 'boolean' };
  if (isFloating(dtype)) return { type: 'number', format: dtype === 'float64' ? 'double' : 'float' };
  return { type: 'integer', format: isBigInt(dtype) ? 'int64' : 'int32' };
}
