import { TensorFlowError } from '../errors/errors.js';

/** The error of TensorFlow Serving for a request that cannot be understood. */
export function invalid(message: string): TensorFlowError {
  return new TensorFlowError('TF_INVALID_ARGUMENT', message);
}
