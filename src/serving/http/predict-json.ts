import { isBigInt } from '../../core/dtype.js';
import { messageOf } from '../../errors/errors.js';
import { invalid } from '../invalid.js';
import type { Servable, ServedSignature, ServedTensors, Tensors } from '../repository/servable.js';
import { isBase64 } from './json/base64.js';
import { isObject, type JsonObject, type JsonValue, member, quoted } from './json/json-value.js';
import { parseRequest } from './json/parse-json.js';
import { TensorBuilder } from './json/tensor-builder.js';
import { rowTexts, tensorText } from './json/tensor-to-json.js';

export const DEFAULT_SIGNATURE = 'serving_default';

/** A request to predict. */
export interface PredictRequest {
  readonly signature: string;
  readonly format: 'row' | 'column';
  readonly inputs: Tensors;
}

/**
 * Reads a request in row form (`instances`) or in column form (`inputs`).
 *
 * @throws TF_INVALID_ARGUMENT
 */
export function readPredict(servable: Servable, text: string): PredictRequest {
  const { body, signature } = readBody(servable, text, DEFAULT_SIGNATURE);
  const [instances, columns] = [member(body, 'instances'), member(body, 'inputs')];
  if (instances !== undefined && columns !== undefined) {
    throw wrong(body, "Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist");
  }
  if (instances !== undefined) {
    return { signature: signature.name, format: 'row', inputs: fromRows(listOfInstances(body), signature.inputs) };
  }
  if (columns === undefined) throw invalid("Missing 'inputs' or 'instances' key");
  return { signature: signature.name, format: 'column', inputs: fromColumns(columns, signature.inputs) };
}

/** The body with the signature it names. */
export function readBody(
  servable: Servable,
  text: string,
  otherwise: string,
): { body: JsonObject; signature: ServedSignature } {
  const body = parseRequest(text);
  const name = member(body, 'signature_name') ?? otherwise;
  if (typeof name !== 'string') {
    throw wrong(body, "not formatted correctly. 'signature_name' key must be a string value.");
  }
  const signature = signatureNamed(servable, name || otherwise);
  const needsExact = Object.values(signature.inputs).some(({ dtype }) => isBigInt(dtype)) && /\d{16}/.test(text);
  return { body: needsExact ? parseRequest(text, true) : body, signature };
}

/** @throws TF_INVALID_ARGUMENT */
export function signatureNamed({ signatures }: Servable, name: string): ServedSignature {
  const found = signatures.get(name);
  if (found) return found;
  throw invalid(`Serving signature name: "${name}" not found in signature def`);
}

/** @throws TF_INVALID_ARGUMENT */
export function listOfInstances(body: JsonObject): JsonValue[] {
  const instances = member(body, 'instances');
  if (!Array.isArray(instances)) throw wrong(body, "Expecting 'instances' to be an list/array");
  if (instances.length === 0) throw wrong(body, "No values in 'instances' array");
  return instances;
}

function wrong(body: JsonObject, message: string): Error {
  return invalid(`JSON Value: ${quoted(body)} ${message}`);
}

const isNamed = (value: JsonValue | undefined): value is JsonObject => isObject(value) && !isBase64(value);

/**
 * One value per row for a signature of one input, or an object of all inputs per row.
 *
 * @throws TF_INVALID_ARGUMENT
 */
export function fromRows(rows: readonly JsonValue[], inputs: ServedTensors): Tensors {
  const names = Object.keys(inputs);
  const named = isNamed(rows[0]);
  if (!isObject(rows[0]) && names.length > 1) {
    throw invalid(
      'instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map',
    );
  }
  const builders = new Map(Object.entries(inputs).map(([name, { dtype }]) => [name, new TensorBuilder(dtype)]));
  for (const [i, row] of rows.entries()) {
    if (isNamed(row) !== named) {
      const [expected, got] = named ? ['object', 'list'] : ['value/list', 'object'];
      throw invalid(`Expecting ${expected} but got ${got} at item ${i} of input list`);
    }
    const values = isNamed(row) ? row : { [names[0] ?? '']: row };
    addRow(i, values, builders);
  }
  return Object.fromEntries([...builders].map(([name, builder]) => [name, builder.rows()]));
}

function addRow(index: number, row: JsonObject, builders: ReadonlyMap<string, TensorBuilder>): void {
  for (const [name, value] of Object.entries(row)) {
    try {
      const builder = builders.get(name);
      if (!builder) throw invalid(`JSON object: does not have named input: ${name}`);
      builder.add(value);
    } catch (error) {
      const where = `Failed to process element: ${index} key: ${name} of 'instances' list.`;
      throw invalid(`${where} Error: INVALID_ARGUMENT: ${messageOf(error)}`);
    }
  }
  if (Object.keys(row).length === builders.size) return;
  const where = `Failed to process element: ${index} of 'instances' list.`;
  throw invalid(`${where} JSON object: ${quoted(row)} keys must be equal to: ${[...builders.keys()].join(',')}`);
}

function fromColumns(columns: JsonValue, inputs: ServedTensors): Tensors {
  const entries = Object.entries(inputs);
  const plain = !isNamed(columns);
  if (plain && entries.length > 1) {
    throw invalid(
      'inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map',
    );
  }
  return Object.fromEntries(
    entries.map(([name, { dtype }]) => {
      const value = plain ? columns : member(columns, name);
      if (value === undefined) throw invalid(`Missing named input: ${name} in 'inputs' object.`);
      return [name, columnOf(name, value, new TensorBuilder(dtype))];
    }),
  );
}

function columnOf(name: string, value: JsonValue, builder: TensorBuilder): Tensors[string] {
  try {
    builder.add(value);
    return builder.one();
  } catch (error) {
    throw invalid(`Input '${name}': ${messageOf(error)}`);
  }
}

/**
 * The answer, in the form of the request; a single output goes without its name.
 *
 * @throws TF_INVALID_ARGUMENT for rows of outputs that differ in their number
 */
export function writePredict(format: PredictRequest['format'], outputs: Tensors): string {
  const entries = Object.entries(outputs).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) throw invalid('Cannot convert empty tensor map to JSON');
  if (format === 'row') {
    const [only, second] = entries;
    const rows = only && !second ? rowTexts(...only) : namedRows(outputs);
    return `{\n    "predictions": [${rows.join(',\n    ')}]\n}`;
  }
  const columns = entries.map(([name, tensor]): [string, string] => [name, tensorText(name, tensor)]);
  return `{\n    "outputs": ${columns.length === 1 ? columns[0]?.[1] : objectText(columns)}\n}`;
}

/**
 * Each row of the outputs, by name.
 *
 * @throws TF_INVALID_ARGUMENT for outputs that differ in their number of rows
 */
export function namedRows(outputs: Tensors): string[] {
  const columns = Object.entries(outputs).map(([name, tensor]) => ({ name, rows: rowTexts(name, tensor) }));
  const count = columns[0]?.rows.length ?? 0;
  const odd = columns.find(({ rows }) => rows.length !== count);
  if (odd) {
    throw invalid(`Tensor name: ${odd.name} has inconsistent batch size: ${odd.rows.length} expecting: ${count}`);
  }
  return Array.from({ length: count }, (_, row) =>
    objectText(columns.map(({ name, rows }) => [name, rows[row] ?? ''])),
  );
}

function objectText(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([name, text]) => `${JSON.stringify(name)}: ${text}`).join(', ')}}`;
}
