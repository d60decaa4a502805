import type { DType } from '../core/dtype.js';
import { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import { spec } from '../core/spec.js';
import { Tensor, type TensorLike, toTensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import type { NativeCallable } from '../native/binding.js';
import * as ops from '../ops/index.js';

/** Of ImageNet's training pictures, red, green, blue, from 0 to 1. */
export const IMAGENET_MEAN = [0.485, 0.456, 0.406];
export const IMAGENET_DEVIATION = [0.229, 0.224, 0.225];
/** Blue, green, red, from 0 to 255. */
const CAFFE_MEAN = [103.939, 116.779, 123.68];

/** What the families want of pixels from 0 to 255. */
const STYLES = {
  /** Blue, green, red, less ImageNet's mean. */
  caffe: (x: Output) => ops.sub(ops.reverseV2(x, [-1]), CAFFE_MEAN),
  /** From −1 to 1. */
  tf: (x: Output) => ops.sub(ops.realDiv(x, 127.5), 1),
  /** From 0 to 1, less ImageNet's mean, over its deviation. */
  torch: (x: Output) => ops.realDiv(ops.sub(ops.realDiv(x, 255), IMAGENET_MEAN), IMAGENET_DEVIATION),
  /** (x − 127) / 128. */
  lite: (x: Output) => ops.realDiv(ops.sub(x, 127), 128),
  /** The network does it itself. */
  none: (x: Output) => x,
} as const;

export type PreprocessStyle = keyof typeof STYLES;

/** Pixels as a network wants them; an output of a graph in a function, anything else at once. */
export interface PreprocessInput {
  (pixels: Output): Output;
  (pixels: Tensor | TensorLike): Tensor;
}

let program: Program | undefined;
const known = new Map<string, NativeCallable>();

/**
 * Pixels as the networks of one style want them (Keras `imagenet_utils.preprocess_input`).
 *
 * Input shape: `[rows, columns, 3]` or `[batch, rows, columns, 3]`, red, green, blue, from 0 to 255. Output shape: the
 * same, float32.
 *
 * @throws ERR_SHAPE for anything else
 */
export function preprocessor(name: string, style: PreprocessStyle): PreprocessInput {
  function preprocess(pixels: Output): Output;
  function preprocess(pixels: Tensor | TensorLike): Tensor;
  function preprocess(pixels: Output | Tensor | TensorLike): Output | Tensor {
    if (pixels instanceof Output) return styled(style, pixels);
    const host = toTensor(pixels, pixels instanceof Tensor ? pixels.dtype : 'float32');
    if (![3, 4].includes(host.rank) || host.shape.at(-1) !== 3) {
      throw new TensorFlowError(
        'ERR_SHAPE',
        `${name}.preprocessInput takes pictures of [rows, columns, 3] or a batch of them, got [${host.shape.join(', ')}]; load them with colorMode 'rgb'.`,
      );
    }
    if (style === 'none' && host.dtype === 'float32') return host;
    const [result] = runner(style, host.dtype, host.rank).runSync([host.native]);
    if (host !== pixels) host.dispose();
    if (!result) throw new RangeError('no result');
    return new Tensor(result);
  }
  return preprocess;
}

function styled(style: PreprocessStyle, pixels: Output): Output {
  return STYLES[style](ops.cast(pixels, 'float32'));
}

/** Traced once for each kind of input. */
function runner(style: PreprocessStyle, dtype: DType, rank: number): NativeCallable {
  const key = `${style}_${dtype}_${rank}`;
  let found = known.get(key);
  if (!found) {
    program ??= new Program({ seed: 0 });
    const open = [...Array<null>(rank - 1).fill(null), 3];
    const { inputs, outputs } = program.trace(key, { x: spec(dtype, open) }, ({ x }) => ({ y: styled(style, x) }));
    found = program.callable([inputs.x], [outputs.y]);
    known.set(key, found);
  }
  return found;
}
