import type { ServedSignature } from '../../repository/servable.js';
import { exampleRow, isByRows } from './examples.js';
import { bodyOf, operation, pictureParameters } from './operation.js';
import { type Json, list, object, rowSchema } from './schema.js';

const FAILURE = {
  '404': {
    description: 'What is wrong, as tfdeploy says it',
    content: { 'text/plain': { schema: { type: 'string' } } },
  },
};

/** R tfdeploy's interface of one model. */
export function deployPaths(signatures: readonly ServedSignature[]): Json {
  const served = signatures.filter(({ inputs }) => isByRows(inputs));
  return Object.fromEntries(served.map((one) => [`/${encodeURIComponent(one.name)}/predict`, { post: predict(one) }]));
}

function predict(signature: ServedSignature): Json {
  const { name, inputs, outputs } = signature;
  const body = object({ instances: list(rowSchema(inputs)) });
  const example = { row: { value: { instances: [exampleRow(inputs)] } } };
  return operation(['deploy', name], {
    tag: 'tfdeploy',
    summary: `Predict by signature ${name}, as R's tfdeploy answers`,
    description: 'Every instance is a run of its own; predictions are objects.',
    answer: object({ predictions: list(rowSchema(outputs)) }),
    requestBody: bodyOf(body, example, [signature]),
    parameters: pictureParameters([signature], true),
    failures: FAILURE,
  });
}
