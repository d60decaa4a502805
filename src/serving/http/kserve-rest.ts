import { TensorFlowError } from '../../errors/errors.js';
import {
  inputsOf,
  isLoaded,
  modelMetadata,
  outputsAsked,
  SERVER_METADATA,
  signatureAsked,
  versionNamed,
} from '../kserve-model.js';
import type { Repository, ServedModelVersions, VersionSpec } from '../repository/repository.js';
import type { Tensors } from '../repository/servable.js';
import { statusOf } from '../status.js';
import { usingResults } from '../using-results.js';
import { readInfer, tensorOfInput } from './kserve-request.js';
import { jsonAnswer, type KserveAnswer, writeInfer } from './kserve-response.js';
import { decoded, errorAnswer, type RestRequest } from './tensorflow-rest.js';

const MODEL = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(\/ready|\/infer)?\/?$/;
/** Milliseconds; beyond, node's timers end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;
const EXTENSIONS = ['binary_tensor_data'];

/** Of a server, as far as this interface looks at it. */
interface Ready {
  readonly isReady: boolean;
}

/**
 * KServe's inference protocol, version 2, with its binary tensors: what lies under `/v2`.
 *
 * Source: the Open Inference Protocol's inference_rest.md; Triton's extension_binary_data.md.
 */
export async function kserveRest(
  repository: Repository,
  readiness: Ready,
  request: RestRequest,
): Promise<KserveAnswer> {
  try {
    return await answer(repository, readiness, request);
  } catch (error) {
    const { http, message } = statusOf(error);
    return errorAnswer(http, message);
  }
}

async function answer(repository: Repository, { isReady }: Ready, request: RestRequest): Promise<KserveAnswer> {
  const { method, path } = request;
  const [, name, version = '', verb] = MODEL.exec(path) ?? [];
  if (name !== undefined && method === (verb === '/infer' ? 'POST' : 'GET')) {
    const model = repository.model(decoded(name));
    const spec = versionNamed(decoded(version));
    if (verb === '/infer') return infer(model, spec, request);
    if (verb === '/ready')
      return readyAnswer({ name: model.name, ready: isReady && isLoaded(repository, model.name, spec) });
    return jsonAnswer(modelMetadata(model, model.get(spec)));
  }
  const about = method === 'GET' ? path.replace(/\/$/, '') : undefined;
  if (about === '/v2') return jsonAnswer({ ...SERVER_METADATA, extensions: EXTENSIONS });
  if (about === '/v2/health/live') return jsonAnswer({ live: true });
  if (about === '/v2/health/ready') return readyAnswer({ ready: isReady });
  return errorAnswer(404, `There is no ${method} ${path}`);
}

function readyAnswer(state: { readonly name?: string; readonly ready: boolean }): KserveAnswer {
  return jsonAnswer(state, state.ready ? 200 : 503);
}

function infer(
  model: ServedModelVersions,
  spec: VersionSpec,
  { body, header, signal }: RestRequest,
): Promise<KserveAnswer> {
  const version = model.versionOf(spec);
  const servable = model.get({ version });
  return servable.use(async () => {
    const request = readInfer(body, header('inference-header-content-length'));
    const signature = signatureAsked(servable, request.signatureName);
    const names = outputsAsked(signature, request.outputs);
    const inputs = inputsOf(signature, request.inputs, tensorOfInput);
    const head = { model_name: model.name, model_version: String(version), ...(request.id && { id: request.id }) };
    const [sooner, forget] = withTimeout(signal, request.timeout);
    const write = (outputs: Tensors): KserveAnswer => writeInfer(head, request, names, outputs);
    return usingResults(servable, signature.name, inputs, write, sooner).finally(forget);
  });
}

/** The signal, which aborts after so many microseconds too, and what ends that. */
function withTimeout(signal: AbortSignal, micros: number | undefined): [AbortSignal, () => void] {
  if (micros === undefined) return [signal, () => {}];
  const late = new AbortController();
  const error = new TensorFlowError('TF_DEADLINE_EXCEEDED', `Not answered within ${micros} µs`);
  const timer = setTimeout(() => late.abort(error), Math.min(micros / 1000, LONGEST_TIMER));
  return [AbortSignal.any([signal, late.signal]), () => clearTimeout(timer)];
}
