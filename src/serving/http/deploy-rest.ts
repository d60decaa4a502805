import type { Repository } from '../repository/repository.js';
import type { Servable } from '../repository/servable.js';
import { statusOf } from '../status.js';
import { invalid, type JsonValue } from './json/json-value.js';
import { fromRows, listOfInstances, namedRows, readBody } from './predict-json.js';
import type { RestAnswer, RestRequest } from './tensorflow-rest.js';
import { usingResults } from './using-results.js';

/** Where tfdeploy answers: `/<signature>/predict`, with or without a slash behind it. */
export const DEPLOY_PATH = /^\/([^/]+)\/predict\/?$/;

/**
 * R tfdeploy's interface: every instance is a run of its own, and every prediction an object, with one output too; every
 * failure is a 404 in plain text.
 *
 * Source: tfdeploy's R/serve.R and R/predict_graph.R.
 */
export async function deployRest(repository: Repository, { method, path, body }: RestRequest): Promise<RestAnswer> {
  try {
    const name = DEPLOY_PATH.exec(path)?.[1];
    if (method !== 'POST' || name === undefined) throw invalid(`${method} ${path} is not known here.`);
    const servable = repository.first.get();
    const predictions = await servable.use(() => predict(servable, decodeURIComponent(name), body));
    const text = `{"predictions": [${predictions.join(', ')}]}`;
    return { http: 200, type: 'application/json; charset=UTF-8', body: text };
  } catch (error) {
    const message = error instanceof URIError ? 'The address is not percent-encoded UTF-8.' : statusOf(error).message;
    return deployError(404, message);
  }
}

/** An error in the form of tfdeploy. */
export function deployError(http: number, message: string): RestAnswer {
  return { http, type: 'text/plain; charset=UTF-8', body: `Invalid Request.  ${message}` };
}

async function predict(servable: Servable, name: string, text: string): Promise<string[]> {
  const { body, signature } = readBody(servable, text, name);
  const run = async (instance: JsonValue): Promise<string[]> =>
    usingResults(servable, signature.name, fromRows([instance], signature.inputs), namedRows);
  const predictions: string[] = [];
  for (const instance of listOfInstances(body)) predictions.push(...(await run(instance)));
  return predictions;
}
