import type { ServeOptions } from './serve.js';
import type { ModelServer } from './serve-here.js';

/**
 * Serves a model over HTTP; see `libtensorflow-node/serving`, which this loads when it is called.
 *
 * @example
 * const server = await tf.serve('savedmodel', { port: 8089, browse: true });
 */
export async function serve(path: string, options: ServeOptions = {}): Promise<ModelServer> {
  const serving = await import('./serve.js');
  return serving.serve(path, options);
}
