import { operation } from './operation.js';
import { type Json, object } from './schema.js';

const TAG = 'Operation';
const WORDS = { type: 'string' };

/** What is asked of the server itself. */
export function operationPaths(hasMetrics: boolean): Json {
  const get = (name: string, summary: string, failures: Json = {}): Json => ({
    get: operation([name], { tag: TAG, summary, answer: WORDS, type: 'text/plain', failures }),
  });
  const notReady = { '503': { description: 'Not yet, or not any more', content: { 'text/plain': { schema: WORDS } } } };
  return {
    '/models': {
      get: operation(['listModels'], {
        tag: TAG,
        summary: 'Every model with its versions and signatures',
        answer: MODELS,
      }),
    },
    '/healthz': get('live', 'Whether the server lives'),
    '/readyz': get('ready', 'Whether it can be asked', notReady),
    ...(hasMetrics && { '/metrics': get('metrics', 'Requests, runs and memory, as Prometheus reads them') }),
  };
}

const MODELS = object({
  models: {
    type: 'array',
    items: object({
      name: { type: 'string' },
      versions: { type: 'array', items: { type: 'string' } },
      labels: { type: 'object', additionalProperties: { type: 'integer' } },
      signatures: { type: 'array', items: { type: 'string' } },
    }),
  },
});
