import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { dtypeNumber } from '../../core/dtype.js';
import type { NewFile } from '../../core/saved-model-writer.js';
import { type Tensor, tensor } from '../../core/tensor.js';
import { fromTensorSlices, writeTfrecord } from '../../data/index.js';
import type { Model } from '../../models/model.js';
import { encode } from '../../proto/codec.js';
import type { DataType, TensorProtoSchema } from '../../proto/graph.js';
import { PredictionLogSchema } from '../../proto/serving.js';
import type { Values } from '../../training/parts.js';
import { samplesOf } from './samples.js';

/** Where TensorFlow Serving looks, in `assets.extra/`. */
const NAME = 'tf_serving_warmup_requests';

/** A file of requests that servers answer before the first of a client's: to predict these samples. */
export async function warmUpRequests(model: Model, samples: Values, signature: string): Promise<NewFile> {
  const inputs = Object.entries(samplesOf(model, samples)).map(([name, value]) => [name, protoOf(value)]);
  const request = { modelSpec: { name: model.name, signatureName: signature }, inputs: Object.fromEntries(inputs) };
  const log = encode(PredictionLogSchema, { logType: { case: 'predictLog', value: { request } } });
  return { name: NAME, contents: await recordsOf([log]) };
}

function protoOf(value: Tensor): MessageInitShape<typeof TensorProtoSchema> {
  const { dtype, shape, native } = value;
  return {
    dtype: dtypeNumber(dtype) as DataType,
    tensorShape: { dim: shape.map((size) => ({ size: BigInt(size) })) },
    ...(dtype === 'string'
      ? { stringVal: native.strings().map((bytes) => new Uint8Array(bytes)) }
      : { tensorContent: new Uint8Array(value.bytes()) }),
  };
}

/** A TFRecord file's bytes: only the library writes its checksums, and only to a file. */
async function recordsOf(records: readonly Uint8Array[]): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'requests-'));
  try {
    const file = join(folder, NAME);
    await writeTfrecord(file, fromTensorSlices(tensor([...records], [records.length], 'string')));
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
