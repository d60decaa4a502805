import { invalid } from '../../invalid.js';
import { isObject, type JsonObject, type JsonValue, quoted } from './json-value.js';

/** Whether this is `{"b64": "…"}`: bytes. */
export function isBase64(value: JsonValue | undefined): value is { b64: string } {
  return isObject(value) && typeof value.b64 === 'string' && Object.keys(value).length === 1;
}

// Why: with the web's alphabet and without padding too, as TensorFlow Serving reads it.
const BASE64 = /^[\w+/-]*={0,2}$/;

/** @throws TF_INVALID_ARGUMENT */
export function base64Of(value: JsonObject): Uint8Array {
  if (!isBase64(value)) throw invalid(`JSON Value: ${quoted(value)} not formatted correctly for base64 data`);
  const text = value.b64.replaceAll(/\s/g, '');
  const bare = text.replace(/=+$/, '');
  const padded = bare.length === text.length || text.length % 4 === 0;
  if (!BASE64.test(text) || bare.length % 4 === 1 || !padded) throw invalid('Unable to base64 decode');
  return Buffer.from(text, 'base64');
}
