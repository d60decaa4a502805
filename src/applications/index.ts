export type { Application, ApplicationOptions } from './application.js';
export {
  type ConvnextOptions,
  convnextBase,
  convnextLarge,
  convnextSmall,
  convnextTiny,
  convnextXlarge,
} from './convnext.js';
export { type DecodeOptions, decodePredictions, fetchClassIndex, type ScoredClass } from './decode-predictions.js';
export { densenet121, densenet169, densenet201 } from './densenet.js';
export {
  efficientnetB0,
  efficientnetB1,
  efficientnetB2,
  efficientnetB3,
  efficientnetB4,
  efficientnetB5,
  efficientnetB6,
  efficientnetB7,
} from './efficientnet.js';
export { efficientnetLite0 } from './efficientnet-lite.js';
export {
  type EfficientnetV2Options,
  efficientnetV2B0,
  efficientnetV2B1,
  efficientnetV2B2,
  efficientnetV2B3,
  efficientnetV2L,
  efficientnetV2M,
  efficientnetV2S,
} from './efficientnet-v2.js';
export { inceptionResnetV2 } from './inception-resnet-v2.js';
export { inceptionV3 } from './inception-v3.js';
export { type MobilenetOptions, mobilenet } from './mobilenet.js';
export { type MobilenetV2Options, mobilenetV2 } from './mobilenet-v2.js';
export { type MobilenetV3Options, mobilenetV3Large, mobilenetV3Small } from './mobilenet-v3.js';
export { nasnetLarge, nasnetMobile } from './nasnet.js';
export type { PreprocessInput } from './preprocess-input.js';
export { resnet50, resnet50V2, resnet101, resnet101V2, resnet152, resnet152V2 } from './resnet.js';
export {
  type FineTuneOptions,
  type TransferData,
  type TransferOptions,
  type TransferResult,
  transfer,
} from './transfer.js';
export { vgg16, vgg19 } from './vgg.js';
export { xception } from './xception.js';
