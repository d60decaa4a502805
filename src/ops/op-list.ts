import { BinaryReader } from '@bufbuild/protobuf/wire';
import { TensorFlowError } from '../errors/errors.js';
import { nearestName } from '../errors/suggest.js';
import { loadAddon } from '../native/library.js';
import { decode } from '../proto/codec.js';
import { OpDefSchema } from '../proto/graph.js';
import { type Signature, signatureOf } from './signature.js';

/** Serialized OpDefs that were made known to us, not by the library. */
const registered = new Map<string, Uint8Array>();

/**
 * Signatures come from the library that runs them, so they fit any build of it and any ops loaded later.
 * Why: a definition is read when its op is first used: a model needs some fifty of the eighteen hundred.
 */
const decoded = new Map<string, Signature>();

/**
 * What an op of the library takes and gives.
 *
 * @throws ERR_UNKNOWN_NAME when the library has no such op
 */
export function opSignature(type: string): Signature {
  let signature = decoded.get(type);
  if (!signature) {
    signature = signatureOf(decode(OpDefSchema, definitionOf(type)));
    decoded.set(type, signature);
  }
  return signature;
}

let libraryTypes: readonly string[] | undefined;

/** Names of all ops the library has, its own internal ones included. */
export function opTypes(): string[] {
  libraryTypes ??= [...splitOpList(loadAddon().opList()).keys()];
  return [...new Set([...libraryTypes, ...registered.keys()])];
}

/** Makes the ops of a serialized OpList known, as `loadLibrary` of the addon gives it. */
export function registerOps(opList: Uint8Array): void {
  for (const [type, bytes] of splitOpList(opList)) {
    registered.set(type, bytes);
    decoded.delete(type);
  }
}

/** Serialized OpDefs of a serialized OpList, by name, without decoding more than the names. */
export function splitOpList(opList: Uint8Array): Map<string, Uint8Array> {
  const list = new Map<string, Uint8Array>();
  const reader = new BinaryReader(opList);
  while (reader.pos < reader.len) {
    reader.tag(); // OpList.op = 1, its only field
    const definition = reader.bytes();
    const inner = new BinaryReader(definition);
    inner.tag(); // OpDef.name = 1, always first
    list.set(inner.string(), definition);
  }
  return list;
}

function definitionOf(type: string): Uint8Array {
  const definition = registered.get(type) ?? loadAddon().opDefinition(type);
  if (definition) return definition;
  const near = nearestName(type, opTypes());
  const wayOut = near ? `did you mean '${near}'?` : 'load the library of custom ops that has it first.';
  throw new TensorFlowError('ERR_UNKNOWN_NAME', `The library has no op '${type}': ${wayOut}`);
}
