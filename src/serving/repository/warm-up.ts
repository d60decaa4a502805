import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sizeOf } from '../../core/shape.js';
import { type Tensor, tensor } from '../../core/tensor.js';
import { tfrecord } from '../../data/index.js';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import { decode } from '../../proto/codec.js';
import { PredictionLogSchema, type PredictRequest } from '../../proto/serving.js';
import type { BatchingPlan } from '../batching/parameters.js';
import { disposeAll } from '../batching/task.js';
import { tensorOfProto } from '../grpc/tensor-proto.js';
import type { Servable, ServedSignature, Tensors } from './servable.js';

const REQUESTS = 'tf_serving_warmup_requests';
/** As in TensorFlow Serving. */
const MOST_REQUESTS = 1000;
const MOST_BYTES = 2 ** 31;

/**
 * Runs a model before the first client does, since its first run of each size takes much longer than the others: the
 * requests that its folder has in `assets.extra/`, then zeros, as many rows as each allowed size.
 *
 * Source: TensorFlow Serving's saved_model_warmup_util.cc.
 *
 * @throws ERR_FILE_FORMAT for requests that cannot be read, or fail
 */
export async function warmUp(servable: Servable, path: string, { allowedSizes }: BatchingPlan): Promise<void> {
  const file = join(path, 'assets.extra', REQUESTS);
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  if (isThere) await runRequests(servable, file);
  const sizes = allowedSizes.length > 0 ? allowedSizes : [1];
  for (const signature of servable.signatures.values()) {
    if (!signature.changes) for (const size of sizes) await runZeros(servable, signature, size);
  }
}

async function runRequests(servable: Servable, file: string): Promise<void> {
  let count = 0;
  try {
    for await (const record of tfrecord(file)) {
      if (++count > MOST_REQUESTS) throw new RangeError(`more than ${MOST_REQUESTS} requests`);
      const [bytes] = (record as Tensor).native.strings();
      const { logType } = decode(PredictionLogSchema, bytes ?? new Uint8Array());
      if (logType.case === 'predictLog' && logType.value.request) await runRequest(servable, logType.value.request);
    }
  } catch (cause) {
    const where = `'${file}', request ${count}`;
    throw new TensorFlowError('ERR_FILE_FORMAT', `${where} cannot warm the model up: ${messageOf(cause)}`, { cause });
  }
}

async function runRequest(servable: Servable, { modelSpec, inputs }: PredictRequest): Promise<void> {
  const tensors = Object.entries(inputs).map(([name, proto]) => [name, tensorOfProto(proto, MOST_BYTES)] as const);
  await run(servable, modelSpec?.signatureName || 'serving_default', Object.fromEntries(tensors));
}

/** Signatures of strings, or of open shapes, are left out: zeros would say nothing of them. */
async function runZeros(servable: Servable, { name, inputs }: ServedSignature, rows: number): Promise<void> {
  const entries = Object.entries(inputs);
  const isOpen = entries.some(
    ([, { dtype, shape }]) => dtype === 'string' || !shape || shape.slice(1).includes(null) || shape.length === 0,
  );
  if (isOpen) return;
  const tensors = entries.map(([key, { dtype, shape }]) => {
    const [first = null, ...inner] = shape ?? [];
    const full = [first ?? rows, ...inner.map(Number)];
    return [key, tensor(new Array<number>(sizeOf(full)).fill(0), full, dtype)] as const;
  });
  // Why: zeros may be no input that the model takes.
  await run(servable, name, Object.fromEntries(tensors)).catch(() => {});
}

async function run(servable: Servable, signature: string, inputs: Tensors): Promise<void> {
  try {
    disposeAll(await servable.warm(signature, inputs));
  } finally {
    disposeAll(inputs);
  }
}
