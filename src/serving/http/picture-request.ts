import { invalid } from '../invalid.js';
import { checkedPictureInput, pictureBatch, pictureInputOf } from '../picture-input.js';
import type { Servable, ServedSignature, Tensors } from '../repository/servable.js';
import { DEFAULT_SIGNATURE, signatureNamed } from './predict-json.js';
import type { RestRequest } from './tensorflow-rest.js';

/** Largest picture a stranger may have decoded: 128 MB in colour of float32, 32 times a photograph for ImageNet. */
const MAX_PIXELS = 2 ** 23;

/** Whether the body is a picture's file, by its type. */
export function isPicture({ header }: RestRequest): boolean {
  return /^image\//i.test(header('content-type') ?? '');
}

/**
 * The signature that a picture is for: the one that is named, else the default one, else the first that takes pictures.
 *
 * @throws TF_INVALID_ARGUMENT
 */
export function pictureSignature(servable: Servable, name: string | undefined): ServedSignature {
  if (name) return signatureNamed(servable, name);
  const signatures = [...servable.signatures.values()];
  const pictured = signatures.filter(pictureInputOf);
  const found = pictured.find((one) => one.name === DEFAULT_SIGNATURE) ?? pictured[0];
  if (found) return found;
  throw invalid(`No signature takes a picture: ${signatures.map((one) => one.name).join(', ')}; send JSON.`);
}

/**
 * A picture as a batch of one.
 *
 * @throws TF_INVALID_ARGUMENT, ERR_DATA_PICTURE
 */
export async function readPicture(signature: ServedSignature, { body, parameter }: RestRequest): Promise<Tensors> {
  const input = checkedPictureInput(signature);
  const given = parameter('rescale');
  const rescale = given === undefined ? undefined : Number(given);
  if (rescale !== undefined && (given === '' || !Number.isFinite(rescale))) {
    throw invalid(`The parameter rescale must be a number, got '${given}'.`);
  }
  return {
    [input.name]: await pictureBatch([body], input, {
      maxPixels: MAX_PIXELS,
      ...(rescale !== undefined && { rescale }),
    }),
  };
}
