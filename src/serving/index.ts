/** Models behind HTTP. */
export { type ServeOptions, serve } from './serve.js';
export type { ModelServer } from './serve-here.js';
