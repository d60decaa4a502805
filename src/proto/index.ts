/** Every message; a room that needs one topic imports that file, which costs less at start. */
export * from './codec.js';
export * from './config.js';
export * from './data.js';
export * from './events.js';
export * from './examples.js';
export * from './graph.js';
export * from './grpc.js';
export * from './inference.js';
export * from './saved-model.js';
export * from './serving.js';
