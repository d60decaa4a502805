import { invalid } from '../invalid.js';
import type { Repository } from '../repository/repository.js';
import type { Servable } from '../repository/servable.js';
import { statusOf } from '../status.js';
import { usingResults } from '../using-results.js';
import type { JsonValue } from './json/json-value.js';
import { isPicture, readPicture } from './picture-request.js';
import { fromRows, listOfInstances, namedRows, readBody, signatureNamed } from './predict-json.js';
import type { RestAnswer, RestRequest } from './tensorflow-rest.js';

/** Where tfdeploy answers: `/<signature>/predict`, with or without a slash behind it. */
export const DEPLOY_PATH = /^\/([^/]+)\/predict\/?$/;

/** What says that the request is right, and the moment is not. */
const TRY_AGAIN: readonly number[] = [429, 503, 504];

/**
 * R tfdeploy's interface: every instance is a run of its own, and every prediction an object, with one output too; every
 * failure is a 404 in plain text, but for those of a server with too much to do.
 *
 * Source: tfdeploy's R/serve.R and R/predict_graph.R.
 */
export async function deployRest(repository: Repository, request: RestRequest): Promise<RestAnswer> {
  const { method, path } = request;
  try {
    const name = DEPLOY_PATH.exec(path)?.[1];
    if (method !== 'POST' || name === undefined) throw invalid(`${method} ${path} is not known here.`);
    const servable = repository.first.get();
    const predictions = await servable.use(() => predict(servable, decodeURIComponent(name), request));
    const text = `{"predictions": [${predictions.join(', ')}]}`;
    return { http: 200, type: 'application/json; charset=UTF-8', body: text };
  } catch (error) {
    if (error instanceof URIError) return deployError(404, 'The address is not percent-encoded UTF-8.');
    const { http, message } = statusOf(error);
    return deployError(TRY_AGAIN.includes(http) ? http : 404, message);
  }
}

/** An error in the form of tfdeploy. */
export function deployError(http: number, message: string): RestAnswer {
  return { http, type: 'text/plain; charset=UTF-8', body: `Invalid Request.  ${message}` };
}

async function predict(servable: Servable, name: string, request: RestRequest): Promise<string[]> {
  if (isPicture(request)) {
    const inputs = await readPicture(signatureNamed(servable, name), request);
    return usingResults(servable, name, inputs, namedRows, request.signal);
  }
  const { body, signature } = readBody(servable, request.body.toString(), name);
  const run = async (instance: JsonValue): Promise<string[]> =>
    usingResults(servable, signature.name, fromRows([instance], signature.inputs), namedRows, request.signal);
  const predictions: string[] = [];
  for (const instance of listOfInstances(body)) predictions.push(...(await run(instance)));
  return predictions;
}
