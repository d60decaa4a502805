import { type DescField, type DescMessage, fromBinary, type MessageShape, ScalarType } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import { invalid } from '../invalid.js';

/** What a field takes in memory besides its bytes, about. */
const FIELD_WEIGHT = 128;
/** What a byte of packed numbers takes, at most: as a number, or as a BigInt. */
const PACKED_WEIGHT = 8;
const PACKED_BIG_WEIGHT = 32;
const BIG: ReadonlySet<ScalarType> = new Set([ScalarType.INT64, ScalarType.UINT64, ScalarType.SINT64]);

/**
 * The message in these bytes.
 *
 * Why it is weighed first: two bytes can be a string, a message or a BigInt in memory, which takes fifty times as much.
 *
 * @param limit most bytes it may take in memory
 * @throws TF_INVALID_ARGUMENT for bytes that are no such message; TF_RESOURCE_EXHAUSTED
 */
export function readMessage<D extends DescMessage>(schema: D, bytes: Uint8Array, limit: number): MessageShape<D> {
  try {
    const weight = weightOf(schema, bytes, limit);
    if (weight <= limit) return fromBinary(schema, bytes, { readUnknownFields: false });
  } catch (error) {
    throw invalid(`The message is no ${schema.typeName}: ${messageOf(error)}`);
  }
  throw new TensorFlowError('TF_RESOURCE_EXHAUSTED', 'The message has too many parts; send elements as tensor_content');
}

/** What a message, or an entry of a map, takes in memory; no more is counted once the limit is passed. */
function weightOf(owner: DescMessage | DescField, bytes: Uint8Array, limit: number): number {
  const reader = new BinaryReader(bytes);
  let weight = 0;
  while (reader.pos < reader.len && weight <= limit) {
    const [no, wireType] = reader.tag();
    weight += FIELD_WEIGHT;
    if (wireType !== WireType.LengthDelimited) reader.skip(wireType, no);
    else weight += contentWeight(owner, no, reader.bytes(), limit - weight);
  }
  return weight;
}

function contentWeight(owner: DescMessage | DescField, no: number, content: Uint8Array, limit: number): number {
  if (owner.kind === 'field') return no === 2 && owner.message ? weightOf(owner.message, content, limit) : 0;
  const field = owner.fields.find(({ number }) => number === no);
  if (field?.fieldKind === 'map') return weightOf(field, content, limit);
  if (field?.message) return weightOf(field.message, content, limit);
  if (field?.fieldKind !== 'list' || field.listKind !== 'scalar' || isLengthDelimited(field.scalar)) return 0;
  return content.length * (BIG.has(field.scalar) ? PACKED_BIG_WEIGHT : PACKED_WEIGHT);
}

function isLengthDelimited(type: ScalarType): boolean {
  return type === ScalarType.STRING || type === ScalarType.BYTES;
}
