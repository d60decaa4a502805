import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import type { NativeTensor } from '../native/binding.js';
import { loadAddon } from '../native/library.js';
import { decode, encode } from '../proto/codec.js';
import { AttrValueSchema, DataType, type GraphDef, GraphDefSchema } from '../proto/graph.js';
import {
  FingerprintDefSchema,
  type MetaGraphDef,
  SavedModelSchema,
  type SignatureDef,
  SignatureDefSchema,
} from '../proto/saved-model.js';
import { sessionConfig } from './config.js';
import { constant } from './constant.js';
import { Graph } from './graph.js';
import { Scope, withScope } from './scope.js';
import { placeholder, spec } from './spec.js';

import { tensor } from './tensor.js';

/** The way in which these numbers are made; TensorFlow counts its own. */
const PRODUCER = 1;

/**
 * Writes a SavedModel's `fingerprint.pb`, by which Python's `tf.saved_model.experimental.read_fingerprint` and servers tell
 * one from another: checksums of the whole file, of its graph, of its signatures and of the checkpoint's index.
 *
 * Why here: the C API does not write it. Source: tensorflow/cc/saved_model/fingerprinting.cc.
 */
export async function writeFingerprint(folder: string): Promise<void> {
  const savedModel = await readFile(join(folder, 'saved_model.pb'));
  const index = await readFile(join(folder, 'variables', 'variables.index'));
  const [meta] = decode(SavedModelSchema, savedModel).metaGraphs as [MetaGraphDef];
  const signatures = sorted(meta.signatureDef).flatMap(([name, signature]) => [Buffer.from(name), bytesOf(signature)]);
  const [whole = 0n, graph = 0n, checkpoint = 0n, ...parts] = await fingerprints([
    savedModel,
    encode(GraphDefSchema, regular(meta.graphDef)),
    index,
    ...signatures,
  ]);
  const fingerprint = encode(FingerprintDefSchema, {
    savedModelChecksum: whole,
    graphDefProgramHash: graph,
    signatureDefHash: parts.reduce(joined, 0n),
    checkpointHash: checkpoint,
    uuid: String(BigInt(`0x${randomBytes(16).toString('hex')}`)),
    version: { producer: PRODUCER },
  });
  await writeFile(join(folder, 'fingerprint.pb'), fingerprint);
}

function sorted<T>(map: { readonly [key: string]: T }): [string, T][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}

function bytesOf({ inputs, outputs, methodName }: SignatureDef): Uint8Array {
  return encode(SignatureDefSchema, {
    inputs: Object.fromEntries(sorted(inputs)),
    outputs: Object.fromEntries(sorted(outputs)),
    methodName,
  });
}

/** The graph without what may be another on another machine: strings that are constants, paths for example. */
function regular(graph: GraphDef | undefined): GraphDef {
  const node = (graph?.node ?? []).map((one) => {
    const { dtype } = one.attr;
    const text = one.op === 'Const' && dtype?.value.case === 'type' && dtype.value.value === DataType.DT_STRING;
    const attr = sorted(one.attr).map(([name, value]) => [
      name,
      text && name === 'value' ? create(AttrValueSchema) : value,
    ]);
    return { ...one, attr: Object.fromEntries(attr) };
  });
  return create(GraphDefSchema, { node, library: {}, versions: {} });
}

/** Google's 64-bit fingerprint (FarmHash) of each, by the library's op. */
async function fingerprints(data: readonly Uint8Array[]): Promise<bigint[]> {
  const graph = new Graph();
  const session = loadAddon().session(graph.native, sessionConfig());
  try {
    const scope = new Scope(graph);
    const [bytes, result] = withScope(scope, () => {
      const given = placeholder('bytes', spec('uint8', [1, null]));
      const inputs = [given, constant('farmhash64', 'string')];
      return [given, scope.add({ type: 'Fingerprint', inputs, attrs: [['T', 'type', DataType.DT_UINT8]] }).output()];
    });
    const callable = session.callable([bytes.ref], [result.ref], []);
    const found: bigint[] = [];
    for (const one of data) {
      using given = tensor(one, [1, one.length], 'uint8');
      const [native] = (await callable.run([given.native])) as [NativeTensor];
      found.push(Buffer.from(native.buffer()).readBigUInt64LE());
    }
    return found;
  } finally {
    session.dispose();
    graph.dispose();
  }
}

const FACTOR = 0xc6a4a7935bd1e995n;
const times = (a: bigint, b: bigint): bigint => BigInt.asUintN(64, a * b);
const mixed = (value: bigint): bigint => value ^ (value >> 47n);

/** Two fingerprints as one, in their order (`FingerprintCat64`). */
function joined(first: bigint, second: bigint): bigint {
  const both = times(first ^ FACTOR ^ times(mixed(times(second, FACTOR)), FACTOR), FACTOR);
  return mixed(times(mixed(both), FACTOR));
}
