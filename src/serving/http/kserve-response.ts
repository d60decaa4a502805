import type { Tensor } from '../../core/tensor.js';
import { datatypeOf, rawOfTensor } from '../kserve-tensors.js';
import type { Tensors } from '../repository/servable.js';
import { flatText } from './json/tensor-to-json.js';
import type { InferRequest } from './kserve-request.js';
import type { RestAnswer } from './tensorflow-rest.js';

export interface KserveAnswer extends Omit<RestAnswer, 'body'> {
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export function jsonAnswer(value: unknown, http = 200): KserveAnswer {
  return { http, type: 'application/json', body: JSON.stringify(value) };
}

/**
 * The outputs of these names, in JSON, or as bytes behind it where the request wants so.
 *
 * @param head the members before the outputs
 */
export function writeInfer(
  head: object,
  request: InferRequest,
  names: readonly string[],
  tensors: Tensors,
): KserveAnswer {
  const raws: Uint8Array[] = [];
  const isBinary = (name: string): boolean =>
    request.outputs.find((output) => output.name === name)?.binary ?? request.binary;
  const outputs = names.flatMap((name) => {
    const tensor = tensors[name];
    if (!tensor) return [];
    const raw = isBinary(name) ? rawOfTensor(tensor) : undefined;
    if (raw) raws.push(raw);
    return [outputText(name, tensor, raw)];
  });
  const text = `${JSON.stringify(head).slice(0, -1)},"outputs":[${outputs.join(',')}]}`;
  if (raws.length === 0) return { http: 200, type: 'application/json', body: text };
  const json = Buffer.from(text);
  return {
    http: 200,
    type: 'application/octet-stream',
    headers: { 'inference-header-content-length': String(json.length) },
    body: Buffer.concat([json, ...raws]),
  };
}

function outputText(name: string, tensor: Tensor, raw: Uint8Array | undefined): string {
  const about = { name, datatype: datatypeOf(tensor.dtype), shape: tensor.shape };
  if (raw) return JSON.stringify({ ...about, parameters: { binary_data_size: raw.byteLength } });
  return `${JSON.stringify(about).slice(0, -1)},"data":${flatText(tensor)}}`;
}
