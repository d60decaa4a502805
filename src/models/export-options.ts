import type { DType } from '../core/dtype.js';
import type { Values } from '../training/parts.js';

/** The signatures that an exported model has without further options. */
export type ModelSignature = 'serving_default' | 'serve' | 'predict' | 'train_step' | 'evaluate';

/** How encoded pictures (JPEG, PNG, BMP, the first frame of a GIF) become the pixels that a model takes. */
export interface ImagesOptions {
  /** Height and width. Default: those of the model's input. */
  size?: readonly [height: number, width: number];
  /** Default `'bilinear'`, without antialiasing, as `tf.image.resize` and Keras' `Resizing`. */
  interpolation?: 'nearest' | 'bilinear' | 'bicubic' | 'area';
  /** Pixels from 0 to 255 are multiplied by it, `1 / 255` for example. Default 1. */
  scale?: number;
  /** Added after that. Default 0. */
  offset?: number;
}

/** As {@link ImagesOptions}, for a signature of its own. */
export interface ImagesSignatureOptions extends ImagesOptions {
  /** Name of the signature; that of another one takes its place. Default `'images'`. */
  signature?: string;
}

/** A feature that is an encoded picture. */
export interface ImageFeature extends ImagesOptions {
  feature: string;
}

/** Where a `tf.Example` has an input's values: a feature, one for each column, or an encoded picture. */
export type FeatureSource = string | readonly string[] | ImageFeature;

/** How inputs are found in a `tf.Example`. */
export interface ExamplesOptions {
  /** By the names of inputs. Default: a feature of the input's name, with all its values. */
  features?: Readonly<Record<string, FeatureSource>>;
}

export interface ClassifyOptions extends ExamplesOptions {
  /** Names of the classes, in order. Default: their numbers. */
  labels?: readonly string[];
  /** Only so many, the best first. Default: all, in order. */
  top?: number;
}

/** What weights of two and more dimensions are kept as. */
export type QuantizedTo = 'float16' | 'int8';

export interface QuantizeOptions {
  to: QuantizedTo;
  /** Data as `model.predict` takes it: the report says how far what is predicted of it moves. */
  samples?: Values;
}

export interface ExportOptions {
  /** Which signatures; the file has what they need. Default: all, those for training where the model is compiled. */
  signatures?: readonly ModelSignature[];
  /**
   * A signature `classify` for TensorFlow Serving's Classify: serialized `tf.Example`s to `classes` and `scores`, of a
   * model with one output: a probability per class, or one of the second of two classes.
   */
  classify?: boolean | ClassifyOptions;
  /** A signature `regress` for TensorFlow Serving's Regress: serialized `tf.Example`s to `outputs`, a value each. */
  regress?: boolean | ExamplesOptions;
  /** A signature `examples` from serialized `tf.Example`s to what `predict` gives. */
  examples?: boolean | ExamplesOptions;
  /**
   * A signature whose input `image_bytes` takes encoded pictures, of any size each, for each input that takes pictures:
   * over HTTP `{ "b64": … }`. A model with several inputs has `<input>_bytes`.
   */
  images?: boolean | ImagesSignatureOptions;
  /**
   * Data as `model.predict` takes it, which servers predict before the first request:
   * `assets.extra/tf_serving_warmup_requests`.
   */
  warmUp?: Values;
  /**
   * Weights of two and more dimensions take fewer bytes: half of them as float16, a quarter as int8 with a scale for each
   * channel. The graph brings them back to float32, so inputs and outputs stay what they are. The file predicts and does
   * not train.
   */
  quantize?: QuantizedTo | QuantizeOptions;
  /** Files to go along in `assets.extra/`. */
  assets?: readonly string[];
}

/** A weight in an exported file. */
export interface QuantizedWeight {
  readonly name: string;
  /** What it is kept as. */
  readonly dtype: DType;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Greatest distance of an element from what it was. */
  readonly largestChange: number;
}

/** What quantisation did. */
export interface QuantizationReport {
  /** Bytes of all weights. */
  readonly sizeBefore: number;
  /** Bytes of all weights as they are in the file, scales included. */
  readonly sizeAfter: number;
  /** Greatest distance of an element of what is predicted of the samples; undefined without samples. */
  readonly largestChange: number | undefined;
  readonly weights: readonly QuantizedWeight[];
}
