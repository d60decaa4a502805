import { readFile } from 'node:fs/promises';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import { parseTextFormat, type TextValue } from '../../proto/text-format.js';
import { type BatchingParameters, batchingPlan } from './parameters.js';

/** What of a BatchingParameters message is a list. */
const LISTS: readonly string[] = ['allowedBatchSizes'];
/** What names threads, of which there are none of their own here. */
const IGNORED = 'threadPoolName';

/**
 * TensorFlow Serving's batching parameters as protobuf text (`max_batch_size { value: 128 }`), or as JSON with the names
 * they have here.
 *
 * @throws ERR_NOT_READABLE, ERR_FILE_FORMAT
 */
export async function readBatchingParameters(file: string): Promise<BatchingParameters> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new TensorFlowError('ERR_NOT_READABLE', `'${file}' cannot be read: ${messageOf(cause)}`, { cause });
  });
  try {
    const parameters: BatchingParameters = text.trimStart().startsWith('{') ? JSON.parse(text) : parametersOf(text);
    batchingPlan(parameters);
    return parameters;
  } catch (cause) {
    throw new TensorFlowError('ERR_FILE_FORMAT', `'${file}' has no batching parameters: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function parametersOf(text: string): BatchingParameters {
  const entries = [...parseTextFormat(text)].flatMap(([key, values]) => {
    const name = key.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    if (name === IGNORED) return [];
    const scalars = values.map(scalarOf);
    return [[name, LISTS.includes(name) ? scalars : scalars.at(-1)] as const];
  });
  return Object.fromEntries(entries);
}

/** A value as it is, or in a message of its own, as optional ones are. */
function scalarOf(value: TextValue): number | boolean {
  if (value instanceof Map) {
    const [inner] = value.get('value') ?? [];
    return inner === undefined ? 0 : scalarOf(inner);
  }
  if ('word' in value && /^(true|false)$/.test(value.word)) return value.word === 'true';
  const number = 'word' in value ? Number(value.word) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw new TensorFlowError('ERR_FILE_FORMAT', 'a number or a bool is expected.');
}
