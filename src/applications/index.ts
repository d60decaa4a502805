export type { Application, ApplicationOptions } from './application.js';
export { type DecodeOptions, decodePredictions, fetchClassIndex, type ScoredClass } from './decode-predictions.js';
export { efficientnetLite0 } from './efficientnet-lite.js';
export { type MobilenetV2Options, mobilenetV2 } from './mobilenet-v2.js';
export type { PreprocessInput } from './preprocess-input.js';
export { resnet50, resnet50V2, resnet101, resnet101V2, resnet152, resnet152V2 } from './resnet.js';
export { vgg16, vgg19 } from './vgg.js';
