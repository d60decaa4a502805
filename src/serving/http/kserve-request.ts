import { isBigInt } from '../../core/dtype.js';
import type { Tensor } from '../../core/tensor.js';
import { invalid } from '../invalid.js';
import { dtypeOfDatatype, tensorOfRaw } from '../kserve-tensors.js';
import { checkedShape } from '../tensor-bytes.js';
import { isObject, type JsonObject, type JsonValue, member } from './json/json-value.js';
import { parseRequest } from './json/parse-json.js';
import { TensorBuilder } from './json/tensor-builder.js';

/** An input, with its elements in JSON or as bytes. */
export interface InferInput {
  readonly name: string;
  readonly shape: readonly (number | bigint)[];
  readonly datatype: string;
  readonly data: JsonValue | undefined;
  readonly raw: Uint8Array | undefined;
}

/** An output that is asked for. */
export interface InferOutput {
  readonly name: string;
  /** Whether it shall come as bytes. */
  readonly binary: boolean;
}

export interface InferRequest {
  readonly id: string;
  /** The parameter `signature_name`. */
  readonly signatureName: string | undefined;
  /** The parameter `timeout`, in microseconds. */
  readonly timeout: number | undefined;
  readonly inputs: readonly InferInput[];
  /** None: all. */
  readonly outputs: readonly InferOutput[];
  /** Whether outputs of which nothing is said come as bytes: the parameter `binary_data_output`. */
  readonly binary: boolean;
}

/**
 * @param jsonLength how many bytes are JSON, as the header has it; what comes behind them are elements of inputs. Undefined: all
 * @throws TF_INVALID_ARGUMENT
 */
export function readInfer(bytes: Buffer, jsonLength: string | undefined): InferRequest {
  const length = jsonLength === undefined ? bytes.length : Number(jsonLength);
  if (!/^\d*$/.test(jsonLength ?? '') || length > bytes.length) {
    throw invalid(`Inference-Header-Content-Length is '${jsonLength}', of a body of ${bytes.length} bytes`);
  }
  const body = parseBody(bytes.toString('utf8', 0, length));
  const { binary_data_output: binary = false, signature_name: signatureName, timeout } = parametersOf(body);
  if (typeof binary !== 'boolean') throw invalid('The parameter binary_data_output is a bool');
  if (signatureName !== undefined && typeof signatureName !== 'string') {
    throw invalid('The parameter signature_name is a string');
  }
  const micros = timeout === undefined ? undefined : wholeOf(timeout);
  if (timeout !== undefined && !micros) throw invalid('The parameter timeout is a number of microseconds above 0');
  const raws = new Raws(bytes.subarray(length));
  const inputs = objectsOf(body, 'inputs').map((input) => inputOf(input, raws));
  raws.end();
  const outputs = objectsOf(body, 'outputs').map((output) => outputOf(output, binary));
  return { id: idOf(body), signatureName, timeout: micros, inputs, outputs, binary };
}

/** Why twice: numbers of 64 bits would be rounded. */
function parseBody(text: string): JsonObject {
  const body = parseRequest(text);
  const has64Bits = objectsOf(body, 'inputs').some(({ datatype }) => {
    return typeof datatype === 'string' && isBigInt(dtypeOfDatatype(datatype));
  });
  return has64Bits && /\d{16}/.test(text) ? parseRequest(text, true) : body;
}

/** A whole number from 0 on, however it was read; undefined where it is none. */
function wholeOf(value: JsonValue): number | undefined {
  const number = typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function idOf(body: JsonObject): string {
  const id = member(body, 'id') ?? '';
  if (typeof id === 'string') return id;
  throw invalid("'id' is a string");
}

function objectsOf(body: JsonObject, key: string): JsonObject[] {
  const list = member(body, key) ?? [];
  if (Array.isArray(list) && list.every(isObject)) return list;
  throw invalid(`'${key}' is a list of objects`);
}

function parametersOf(object: JsonObject): JsonObject {
  const parameters = member(object, 'parameters') ?? {};
  if (isObject(parameters)) return parameters;
  throw invalid("'parameters' are an object");
}

function nameOf(object: JsonObject): string {
  const name = member(object, 'name');
  if (typeof name === 'string') return name;
  throw invalid("inputs and outputs have a 'name'");
}

function inputOf(input: JsonObject, raws: Raws): InferInput {
  const name = nameOf(input);
  const [shape, datatype, data] = [member(input, 'shape'), member(input, 'datatype'), member(input, 'data')];
  if (typeof datatype !== 'string') throw invalid(`input '${name}': 'datatype' is a string`);
  if (!Array.isArray(shape) || !shape.every((dim) => typeof dim === 'number' || typeof dim === 'bigint')) {
    throw invalid(`input '${name}': 'shape' is a list of numbers`);
  }
  const size = member(parametersOf(input), 'binary_data_size');
  if ((size === undefined) === (data === undefined)) {
    throw invalid(`input '${name}': one of 'data' and the parameter binary_data_size is to be given`);
  }
  return { name, shape, datatype, data, raw: size === undefined ? undefined : raws.next(name, size) };
}

function outputOf(output: JsonObject, otherwise: boolean): InferOutput {
  const name = nameOf(output);
  const { binary_data: binary = otherwise, classification } = parametersOf(output);
  if (typeof binary !== 'boolean') throw invalid(`output '${name}': the parameter binary_data is a bool`);
  if (classification !== undefined) throw invalid(`output '${name}': there is no classification here`);
  return { name, binary };
}

/** Bytes behind the JSON, input after input. */
class Raws {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  next(name: string, size: JsonValue): Uint8Array {
    const left = this.#bytes.length - this.#at;
    const length = wholeOf(size);
    if (length === undefined || length > left) {
      throw invalid(`input '${name}': binary_data_size is at most the ${left} bytes that are left`);
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw invalid(`${left} bytes belong to no input`);
  }
}

/** Why so many: elements come in the body, which has a limit; this one is for products of dimensions. */
const MOST_BYTES = 2 ** 40;

/**
 * The tensor of an input. Owner: the caller.
 *
 * @throws TF_INVALID_ARGUMENT, TF_RESOURCE_EXHAUSTED; ERR_SHAPE for more or fewer elements than the shape holds
 */
export function tensorOfInput({ shape: dims, datatype, data, raw }: InferInput): Tensor {
  const dtype = dtypeOfDatatype(datatype);
  const shape = checkedShape(dims, dtype, MOST_BYTES);
  if (raw) return tensorOfRaw(dtype, shape, raw);
  const builder = new TensorBuilder(dtype);
  builder.add(data ?? []);
  return builder.shaped(shape);
}
