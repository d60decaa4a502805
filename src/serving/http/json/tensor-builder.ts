import { type DType, newArray, type TypedArray } from '../../../core/dtype.js';
import { sizeOf } from '../../../core/shape.js';
import { type Scalar, type Tensor, tensor } from '../../../core/tensor.js';
import { TensorFlowError } from '../../../errors/errors.js';
import { invalid } from '../../invalid.js';
import { base64Of } from './base64.js';
import { isObject, type JsonValue, quoted, typeName } from './json-value.js';

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

/** Elements that are numbers in JSON and in a tensor: most of them are only looked at once. */
const NUMBERS: Partial<Record<DType, { readonly least: number; readonly most: number; readonly whole: boolean }>> = {
  float32: { least: -FLOAT32_MAX, most: FLOAT32_MAX, whole: false },
  float64: { least: -Number.MAX_VALUE, most: Number.MAX_VALUE, whole: false },
  int8: { least: -(2 ** 7), most: 2 ** 7 - 1, whole: true },
  int16: { least: -(2 ** 15), most: 2 ** 15 - 1, whole: true },
  int32: { least: -(2 ** 31), most: 2 ** 31 - 1, whole: true },
  uint8: { least: 0, most: 2 ** 8 - 1, whole: true },
  uint16: { least: 0, most: 2 ** 16 - 1, whole: true },
  uint32: { least: 0, most: 2 ** 32 - 1, whole: true },
};

/** What the element at a place of a list is, or why it is none. */
type ReadElement = (value: JsonValue) => Scalar;

/** Elements one after the other. */
interface Elements {
  readonly data: TypedArray | Scalar[];
  addAll(values: readonly JsonValue[], read: ReadElement): void;
}

class AnyElements implements Elements {
  readonly data: Scalar[] = [];

  addAll(values: readonly JsonValue[], read: ReadElement): void {
    for (const value of values) this.data.push(read(value));
  }
}

class NumberElements implements Elements {
  readonly #least: number;
  readonly #most: number;
  readonly #whole: boolean;
  #data: TypedArray;
  #count = 0;

  constructor(dtype: DType, { least, most, whole }: NonNullable<(typeof NUMBERS)[DType]>) {
    this.#data = newArray(dtype, 8);
    this.#least = least;
    this.#most = most;
    this.#whole = whole;
  }

  get data(): TypedArray {
    return this.#data.subarray(0, this.#count);
  }

  addAll(values: readonly JsonValue[], read: ReadElement): void {
    const count = this.#count + values.length;
    if (count > this.#data.length) this.#grow(count);
    const [data, least, most, whole] = [this.#data, this.#least, this.#most, this.#whole];
    let at = this.#count;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as JsonValue;
      const fits = typeof value === 'number' && value >= least && value <= most && !(whole && value % 1 !== 0);
      data[at++] = fits ? value : Number(read(value));
    }
    this.#count = count;
  }

  #grow(count: number): void {
    const larger = new (this.#data.constructor as Float32ArrayConstructor)(Math.max(count, 2 * this.#data.length));
    larger.set(this.#data as Float32Array);
    this.#data = larger;
  }
}

/** Numbers, strings and lists of JSON, one after the other, all of one shape, as one tensor. */
export class TensorBuilder {
  readonly dtype: DType;
  readonly #read: Reader;
  readonly #elements: Elements;
  #shape: readonly number[] | undefined;
  #count = 0;

  /** @throws TF_UNIMPLEMENTED for a dtype that JSON has no form of */
  constructor(dtype: DType) {
    const read = READERS[dtype];
    if (!read) throw new TensorFlowError('TF_UNIMPLEMENTED', `Conversion of JSON Value to type: ${dtype}`);
    this.dtype = dtype;
    this.#read = read;
    const numbers = NUMBERS[dtype];
    this.#elements = numbers ? new NumberElements(dtype, numbers) : new AnyElements();
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
    if (Array.isArray(value)) this.#addList(value, 0, shape);
    else this.#elements.addAll([value], (one) => this.#element(one));
    this.#count++;
  }

  /** The one value. */
  one(): Tensor {
    return tensor(this.#elements.data, this.#shape ?? [], this.dtype);
  }

  /**
   * All elements, under another shape.
   *
   * @throws ERR_SHAPE
   */
  shaped(shape: readonly number[]): Tensor {
    return tensor(this.#elements.data, shape, this.dtype);
  }

  /** All values, along a new first axis. */
  rows(): Tensor {
    return tensor(this.#elements.data, [this.#count, ...(this.#shape ?? [])], this.dtype);
  }

  #addList(list: readonly JsonValue[], level: number, shape: readonly number[]): void {
    if (level >= shape.length) {
      throw invalid(`Encountered list at unexpected level: ${level} expected < ${shape.length}`);
    }
    if (list.length !== shape[level]) {
      const where = `unexpected size: ${list.length} at level: ${level} expected size: ${shape[level]}`;
      throw invalid(`Encountered list at ${where}`);
    }
    if (level === shape.length - 1) {
      this.#elements.addAll(list, (value) => {
        if (Array.isArray(value)) this.#addList(value, level + 1, shape);
        return this.#element(value);
      });
      return;
    }
    for (const item of list) {
      if (Array.isArray(item)) this.#addList(item, level + 1, shape);
      else {
        const where = `found at incorrect level: ${level + 2} in the JSON DOM. Expected at level: ${shape.length}`;
        throw invalid(`JSON Value: ${quoted(item)} ${where}`);
      }
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
