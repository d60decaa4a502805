/** Models behind HTTP. */
export { type ModelServer, type ServeOptions, serve } from './serve.js';
