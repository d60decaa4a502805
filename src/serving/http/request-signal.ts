import type { FastifyReply } from 'fastify';
import { TensorFlowError } from '../../errors/errors.js';

/** As TensorFlow Serving's `--rest_api_timeout_in_ms`. */
export const DEFAULT_DEADLINE_MS = 30_000;

/**
 * Aborts when a request is not answered in time, or its client goes before.
 *
 * @param milliseconds 0: there is time without end
 */
export function requestSignal({ raw }: FastifyReply, milliseconds: number): AbortSignal {
  const controller = new AbortController();
  const giveUp = (code: string, message: string): void => controller.abort(new TensorFlowError(code, message));
  const late = (): void => giveUp('TF_DEADLINE_EXCEEDED', `Not answered within ${milliseconds} ms`);
  const timer = milliseconds > 0 ? setTimeout(late, milliseconds) : undefined;
  raw.once('close', () => {
    clearTimeout(timer);
    if (!raw.writableEnded) giveUp('TF_CANCELLED', 'The client has gone');
  });
  return controller.signal;
}
