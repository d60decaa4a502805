import { packageVersion } from '../../../core/version.js';
import type { Repository, ServedModelVersions } from '../../repository/repository.js';
import type { ServedSignature } from '../../repository/servable.js';
import { DEFAULT_SIGNATURE } from '../predict-json.js';
import { deployPaths } from './deploy-paths.js';
import { kservePaths, kserveServerPaths } from './kserve-paths.js';
import { operationPaths } from './operation-paths.js';
import { type Json, object } from './schema.js';
import { tensorflowPaths } from './tensorflow-paths.js';

export interface OpenApiOptions {
  /** Whether `/metrics` is there. */
  readonly metrics: boolean;
  /** Whether a token is asked for. */
  readonly tokens: boolean;
}

/** OpenAPI 3.1's description of a server, made from the signatures of its models; examples can be sent as they are. */
export function openApi(repository: Repository, { metrics, tokens }: OpenApiOptions): Json {
  const models = [...repository.models.values()].filter(({ versions }) => versions.length > 0);
  const [first] = models;
  return {
    openapi: '3.1.0',
    info: {
      title: 'TensorFlow Model',
      version: packageVersion,
      description:
        'Bare tokens NaN, Infinity and -Infinity are taken and given where numbers stand. Pictures can be drawn and chosen at [/ui](ui).',
    },
    servers: [{ url: './' }],
    ...(tokens && { security: Object.keys(SCHEMES).map((name) => ({ [name]: [] })) }),
    paths: {
      ...(first && deployPaths(signaturesOf(first))),
      ...Object.assign({}, ...models.map((model) => tensorflowPaths(model, signaturesOf(model)))),
      ...kserveServerPaths(),
      ...Object.assign({}, ...models.map((model) => kservePaths(model, signaturesOf(model)))),
      ...operationPaths(metrics),
    },
    components: {
      schemas: { Error: object({ error: { type: 'string' } }) },
      ...(tokens && { securitySchemes: SCHEMES }),
    },
  };
}

const SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer' },
  key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
};

/** The default one first. */
function signaturesOf(model: ServedModelVersions): ServedSignature[] {
  const rank = ({ name }: ServedSignature): number => (name === DEFAULT_SIGNATURE ? 0 : 1);
  return [...model.get().signatures.values()].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}
