import type { ExamplesMethod } from '../examples.js';
import { invalid } from '../invalid.js';
import type { ServedModelVersions, VersionSpec, VersionStatus } from '../repository/model-versions.js';
import type { Repository } from '../repository/repository.js';
import type { Servable } from '../repository/servable.js';
import { statusOf } from '../status.js';
import { usingResults } from '../using-results.js';
import { readExamples, writeExamples } from './examples-json.js';
import { metadataJson, statusJson } from './metadata-json.js';
import { isPicture, pictureSignature, readPicture } from './picture-request.js';
import { type PredictRequest, readPredict, writePredict } from './predict-json.js';

/** A request, as far as these interfaces look at it. */
export interface RestRequest {
  readonly method: string;
  /** As it came, percent-encoded, without the query. */
  readonly path: string;
  readonly body: Buffer;
  header(name: string): string | undefined;
  /** Of the query. */
  parameter(name: string): string | undefined;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface RestAnswer {
  readonly http: number;
  readonly type: string;
  readonly body: string;
}

const JSON_TYPE = 'application/json';
const VERSION = String.raw`(?:/versions/(\d+)|/labels/([^/:]+))?`;
const SAVE = new RegExp(`^/v1/models/([^/:]+)${VERSION}:save$`, 'i');
const CALL = new RegExp(`^/v1/models/([^/:]+)${VERSION}:(classify|regress|predict)$`, 'i');
const ABOUT = new RegExp(`^/v1/models(?:/([^/:]+))?${VERSION}(/metadata)?$`, 'i');

/**
 * TensorFlow Serving's REST interface: what lies under `/v1/`. `:save`, of models that train, and
 * pictures as bodies (`Content-Type: image/…`) are ours.
 *
 * Source: tensorflow_serving/g3doc/api_rest.md, model_servers/http_rest_api_handler.cc, util/json_tensor.cc.
 */
export async function tensorflowRest(repository: Repository, request: RestRequest): Promise<RestAnswer> {
  try {
    return { http: 200, type: JSON_TYPE, body: await answer(repository, request) };
  } catch (error) {
    const { http, message } = statusOf(error);
    return errorAnswer(http, message);
  }
}

/** An error in the form of TensorFlow Serving. */
export function errorAnswer(http: number, message: string): RestAnswer {
  return { http, type: JSON_TYPE, body: `{ "error": ${JSON.stringify(message)} }` };
}

async function answer(repository: Repository, request: RestRequest): Promise<string> {
  const { method, path } = request;
  const call = method === 'POST' ? CALL.exec(path) : null;
  if (call) {
    const [, name = '', version, label, verb = ''] = call;
    const servable = repository.model(decoded(name)).get(versionSpec(version, label));
    const kind = verb.toLowerCase();
    return servable.use(() =>
      kind === 'predict' ? predict(servable, request) : examples(servable, kind as ExamplesMethod, request),
    );
  }
  const save = method === 'POST' ? SAVE.exec(path) : null;
  if (save) {
    const [, name = '', version, label] = save;
    return JSON.stringify({ version: String(await repository.save(decoded(name), versionSpec(version, label))) });
  }
  const about = method === 'GET' ? ABOUT.exec(path) : null;
  if (!about) throw invalid(`Malformed request: ${method} ${path}`);
  const [, name, version, label, metadata] = about;
  if (name === undefined) throw invalid('Missing model name in request.');
  const model = repository.model(decoded(name));
  const spec = versionSpec(version, label);
  if (metadata) return metadataJson(model, model.versionOf(spec));
  return statusJson(statusesOf(model, spec));
}

/** Of the version that is meant, loaded or not; of all where none is. */
function statusesOf(model: ServedModelVersions, spec: VersionSpec): VersionStatus[] {
  if (spec.version === undefined && spec.label === undefined) return model.statuses;
  const known = model.statuses.filter(({ version }) => version === spec.version);
  return known.length > 0 ? known : model.statuses.filter(({ version }) => version === model.versionOf(spec));
}

function versionSpec(version: string | undefined, label: string | undefined): VersionSpec {
  const number = version === undefined ? undefined : Number(version);
  if (number === undefined || BigInt(version ?? 0) < 2n ** 63n) {
    return { version: number, label: label === undefined ? undefined : decoded(label) };
  }
  throw invalid(`Failed to convert version: ${version} to numeric.`);
}

/**
 * A name as it stands in a path.
 *
 * @throws TF_INVALID_ARGUMENT
 */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`Malformed request: '${text}' is not percent-encoded UTF-8`);
  }
}

async function predict(servable: Servable, request: RestRequest): Promise<string> {
  const { signature, format, inputs } = isPicture(request)
    ? await readPicturePredict(servable, request)
    : readPredict(servable, request.body.toString());
  return usingResults(servable, signature, inputs, (outputs) => writePredict(format, outputs), request.signal);
}

async function readPicturePredict(servable: Servable, request: RestRequest): Promise<PredictRequest> {
  const signature = pictureSignature(servable, request.parameter('signature_name'));
  return { signature: signature.name, format: 'row', inputs: await readPicture(signature, request) };
}

async function examples(servable: Servable, method: ExamplesMethod, { body, signal }: RestRequest): Promise<string> {
  const { signature, inputs } = readExamples(servable, method, body.toString());
  const count = Object.values(inputs)[0]?.shape[0] ?? 0;
  return usingResults(servable, signature, inputs, (outputs) => writeExamples(method, outputs, count), signal);
}
