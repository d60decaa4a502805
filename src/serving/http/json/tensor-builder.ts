import type { DType } from '../../../core/dtype.js';
import { sizeOf } from '../../../core/shape.js';
import { type Scalar, type Tensor, tensor } from '../../../core/tensor.js';
import { TensorFlowError } from '../../../errors/errors.js';
import { base64Of } from './base64.js';
import { invalid, isObject, type JsonValue, quoted, typeName } from './json-value.js';

type Reader = (value: JsonValue) => Scalar | undefined;

const FLOAT32_MAX = 2 ** 128 - 2 ** 103;

/** What a dtype takes from JSON; undefined: nothing that fits. */
const READERS: Partial<Record<DType, Reader>> = {
  float16: decimal(65519.996),
  bfloat16: decimal(FLOAT32_MAX),
  float32: decimal(FLOAT32_MAX),
  float64: decimal(Number.MAX_VALUE),
  int8: whole(-(2n ** 7n), 2n ** 7n - 1n),
  int16: whole(-(2n ** 15n), 2n ** 15n - 1n),
  int32: whole(-(2n ** 31n), 2n ** 31n - 1n),
  int64: whole(-(2n ** 63n), 2n ** 63n - 1n),
  uint8: whole(0n, 2n ** 8n - 1n),
  uint16: whole(0n, 2n ** 16n - 1n),
  uint32: whole(0n, 2n ** 32n - 1n),
  uint64: whole(0n, 2n ** 64n - 1n),
  bool: (value) => (typeof value === 'boolean' ? value : undefined),
  string: (value) => (typeof value === 'string' ? value : undefined),
};

function decimal(most: number): Reader {
  return (value) => {
    if (typeof value === 'bigint') return decimal(most)(Number(value));
    if (typeof value !== 'number') return undefined;
    if (!Number.isFinite(value) || Math.abs(value) <= most) return value;
    throw invalid(`Cannot convert JSON value: ${value} to float without loss of precision.`);
  };
}

function whole(least: bigint, most: bigint): Reader {
  return (value) => {
    if (typeof value !== 'bigint' && !Number.isInteger(value)) return undefined;
    return (value as number) >= least && (value as number) <= most ? (value as number | bigint) : undefined;
  };
}

/** Numbers, strings and lists of JSON, one after the other, all of one shape, as one tensor. */
export class TensorBuilder {
  readonly dtype: DType;
  readonly #read: Reader;
  readonly #elements: Scalar[] = [];
  #shape: readonly number[] | undefined;
  #count = 0;

  /** @throws TF_UNIMPLEMENTED for a dtype that JSON has no form of */
  constructor(dtype: DType) {
    const read = READERS[dtype];
    if (!read) throw new TensorFlowError('TF_UNIMPLEMENTED', `Conversion of JSON Value to type: ${dtype}`);
    this.dtype = dtype;
    this.#read = read;
  }

  /** @throws TF_INVALID_ARGUMENT for ragged lists, another shape than before, or elements that do not fit the dtype */
  add(value: JsonValue): void {
    const shape = shapeOf(value);
    this.#shape ??= shape;
    if (shape.join() !== this.#shape.join()) {
      const [expected, got] = [sizeOf(this.#shape), sizeOf(shape)];
      if (expected !== got) throw invalid(`Expecting tensor size: ${expected} but got: ${got}`);
      throw invalid(`Expecting shape [${this.#shape}] but got: [${shape}]`);
    }
    this.#fill(value, 0, shape);
    this.#count++;
  }

  /** The one value. */
  one(): Tensor {
    return tensor(this.#packed(), this.#shape ?? [], this.dtype);
  }

  /** All values, along a new first axis. */
  rows(): Tensor {
    return tensor(this.#packed(), [this.#count, ...(this.#shape ?? [])], this.dtype);
  }

  /** Why: the elements were checked here, and a typed array is taken as it is. */
  #packed(): Scalar[] | Float32Array {
    return this.dtype === 'float32' ? Float32Array.from(this.#elements, Number) : this.#elements;
  }

  #fill(value: JsonValue, level: number, shape: readonly number[]): void {
    if (!Array.isArray(value)) {
      if (level === shape.length) this.#elements.push(this.#element(value));
      else {
        const where = `found at incorrect level: ${level + 1} in the JSON DOM. Expected at level: ${shape.length}`;
        throw invalid(`JSON Value: ${quoted(value)} ${where}`);
      }
      return;
    }
    if (level >= shape.length) {
      throw invalid(`Encountered list at unexpected level: ${level} expected < ${shape.length}`);
    }
    if (value.length !== shape[level]) {
      const where = `unexpected size: ${value.length} at level: ${level} expected size: ${shape[level]}`;
      throw invalid(`Encountered list at ${where}`);
    }
    const isLast = level === shape.length - 1;
    for (const item of value) {
      if (isLast && !Array.isArray(item)) this.#elements.push(this.#element(item));
      else this.#fill(item, level + 1, shape);
    }
  }

  #element(value: JsonValue): Scalar {
    const read = this.#read(value);
    if (read !== undefined) return read;
    if (this.dtype === 'string' && isObject(value)) return base64Of(value);
    const type = `Type: ${typeName(value)} is not of expected type: ${this.dtype}`;
    throw invalid(`JSON Value: ${quoted(value)} ${type}`);
  }
}

/** Why: the library's tensors have no more axes. */
const MAX_RANK = 254;

/** By the first element of each list. */
function shapeOf(value: JsonValue): number[] {
  const shape: number[] = [];
  for (let inner: JsonValue | undefined = value; Array.isArray(inner); inner = inner[0]) {
    shape.push(inner.length);
    if (shape.length > MAX_RANK)
      throw invalid(`Encountered list at unexpected level: ${MAX_RANK} expected < ${MAX_RANK}`);
  }
  return shape;
}
