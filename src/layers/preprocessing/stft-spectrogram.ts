import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import { unknownName } from '../../errors/suggest.js';
import { EPSILON } from '../../nn/epsilon.js';
import { initializers } from '../../nn/index.js';
import * as ops from '../../ops/index.js';
import { layout } from '../data-format.js';
import { opPadding, parsePadding, positive } from '../pairs.js';
import { SpatialLayer, type SpatialOptions } from '../spatial-layer.js';

/** What a spectrogram shows: of both parts of the transform, or of the one that is named. */
const MODES = ['log', 'magnitude', 'psd', 'real', 'imag', 'angle', 'stft'];

export interface STFTSpectrogramOptions extends SpatialOptions {
  /** `log` (default) of the magnitude, `magnitude`, `psd` (power), `real`, `imag`, `angle` (radians), or `stft`: real, then imaginary. */
  mode?: string;
  /** Samples of a frame. Default 256. */
  frameLength?: number;
  /** Samples from one frame to the next, at most `frameLength`. Default: half of it. */
  frameStep?: number | null;
  /** Length of the transform, at least `frameLength`. Default: the next power of two. */
  fftLength?: number | null;
  /** `hann` (default), another window that the initializer `stft` knows, its values, or null for none. */
  window?: string | readonly number[] | null;
  /** Whether the window's first value would follow its last. Default false. */
  periodic?: boolean;
  /** `density` (default), `spectrum`, or null: what the window is divided by. */
  scaling?: string | null;
  /** `valid` (default) or `same`. */
  padding?: string;
  /** Whether the frequencies become an axis of their own, as pictures have. Default false. */
  expandDims?: boolean;
}

/**
 * Sound as its frequencies over time, by a short-time Fourier transform that is a convolution, so that its kernels can be
 * trained (Keras `STFTSpectrogram`).
 *
 * Input shape: `[batch, steps, channels]`. Output shape, with `frequencies = fftLength / 2 + 1`, twice as many in mode `stft`:
 * `[batch, frames, channels · frequencies]`, or expanded `[batch, frames, frequencies, channels]`. With channels first:
 * `[batch, channels, steps]`, `[batch, channels · frequencies, frames]` and `[batch, channels, frames, frequencies]`.
 *
 * @example
 * stftSpectrogram({ frameLength: 256, frameStep: 128, fftLength: 512, padding: 'same', expandDims: true });
 */
export class STFTSpectrogram extends SpatialLayer {
  static override readonly className = 'STFTSpectrogram';
  static override readonly rank = 1;
  static override readonly optionNames = [
    'mode',
    'frameLength',
    'frameStep',
    'fftLength',
    'window',
    'periodic',
    'scaling',
    'padding',
    'expandDims',
    ...SpatialLayer.optionNames,
  ];

  readonly mode: string;
  readonly frameLength: number;
  readonly frameStep: number | null;
  readonly fftLength: number | null;
  readonly window: string | readonly number[] | null;
  readonly periodic: boolean;
  readonly scaling: string | null;
  readonly padding: 'valid' | 'same';
  readonly expandDims: boolean;
  #real: Variable | undefined;
  #imag: Variable | undefined;

  constructor(options: STFTSpectrogramOptions = {}) {
    super(options);
    const { mode = 'log', frameLength = 256, frameStep = null, fftLength = null, window = 'hann' } = options;
    if (!MODES.includes(mode)) throw unknownName('mode', mode, MODES);
    this.mode = mode;
    this.frameLength = positive(`${this.where}: frameLength`, frameLength);
    this.frameStep = frameStep === null ? null : positive(`${this.where}: frameStep`, frameStep);
    this.fftLength = fftLength === null ? null : positive(`${this.where}: fftLength`, fftLength);
    this.window = window;
    this.periodic = options.periodic ?? false;
    this.scaling = options.scaling === undefined ? 'density' : options.scaling;
    this.padding = parsePadding(this.where, options.padding ?? 'valid');
    this.expandDims = options.expandDims ?? false;
    this.#checkLengths();
    this.#initializer('real');
  }

  #checkLengths(): void {
    const { frameLength, frameStep, fftLength } = this;
    if ((frameStep ?? 1) <= frameLength && (fftLength ?? frameLength) >= frameLength) return;
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${this.where}: frameStep must be at most frameLength and fftLength at least, got frameStep ${frameStep}, frameLength ${frameLength}, fftLength ${fftLength}.`,
    );
  }

  #initializer(side: 'real' | 'imag') {
    const { window, scaling, periodic } = this;
    return initializers.stft({ side, window, scaling, periodic });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    if ((inputShape?.[this.#channelAxis] ?? null) === null) {
      throw this.shapeError(
        `a known number of channels in ${layout(this.dataFormat, 1)}`,
        formatKerasShape(inputShape),
        'Give the model an input shape.',
      );
    }
    const shape = [this.frameLength, 1, this.#frequencies];
    const kernel = (side: 'real' | 'imag'): Variable =>
      this.addWeight(`${side}_kernel`, { shape, initializer: this.#initializer(side) });
    if (this.mode !== 'imag') this.#real = kernel('real');
    if (this.mode !== 'real') this.#imag = kernel('imag');
  }

  get #channelAxis(): 1 | 2 {
    return this.dataFormat === 'channels_first' ? 1 : 2;
  }

  get #frequencies(): number {
    const length = this.fftLength ?? 2 ** Math.ceil(Math.log2(this.frameLength));
    return Math.floor(length / 2) + 1;
  }

  override call(x: Output): Output {
    const channels = x.shape?.[this.#channelAxis] ?? 1;
    const input = ops.cast(x, this.computeDType);
    const first = this.dataFormat === 'channels_first' ? input : ops.transpose(input, [0, 2, 1]);
    return this.#arranged(this.compute(first), channels, x.shape?.[0] ?? null);
  }

  /** `[batch, channels, steps]` becomes `[batch, channels, frames, frequencies]`. */
  protected override compute(x: Output): Output {
    const [real, imag] = [this.#real, this.#imag].map((kernel) => kernel && this.#convolved(x, kernel));
    if (!real || !imag) return (real ?? imag) as Output;
    if (this.mode === 'stft') return ops.concat([real, imag], 3);
    if (this.mode === 'angle') return ops.atan2(imag, real);
    const power = ops.add(ops.square(real), ops.square(imag));
    if (this.mode === 'psd') return ops.mul(power, ops.constant(this.#oneSided(), this.computeDType));
    const magnitude = ops.sqrt(ops.maximum(power, EPSILON));
    return this.mode === 'log' ? ops.log(ops.maximum(magnitude, EPSILON)) : magnitude;
  }

  /** Every frequency between the first and the last stands for its negative too. */
  #oneSided(): number[] {
    const last = this.#frequencies - 1;
    return Array.from({ length: last + 1 }, (_, i) => (i > 0 && i < last ? 2 : 1));
  }

  /** Each channel by itself. */
  #convolved(x: Output, kernel: Variable): Output {
    const shape = ops.shape(x);
    const [batch, channels, steps] = [0, 1, 2].map((axis) => ops.gather(shape, axis)) as [Output, Output, Output];
    const signals = ops.reshape(x, ops.stack([-1, 1, steps, 1]));
    const step = this.frameStep ?? Math.floor(this.frameLength / 2);
    const y = ops.conv2d(signals, ops.expandDims(kernel.read(), 0), {
      strides: [1, 1, step, 1],
      padding: opPadding(this.padding),
    });
    return ops.reshape(y, ops.stack([batch, channels, ops.gather(ops.shape(y), 2), this.#frequencies]));
  }

  /** `[batch, channels, frames, frequencies]` in the order that the options ask for. */
  #arranged(y: Output, channels: number, batch: number | null): Output {
    const first = this.dataFormat === 'channels_first';
    const frequencies = this.#frequencies * (this.mode === 'stft' ? 2 : 1);
    const shape = ops.shape(y);
    const frames = ops.gather(shape, 2);
    if (this.expandDims) {
      return first
        ? y.setShape([batch, channels, null, frequencies])
        : ops.transpose(y, [0, 2, 3, 1]).setShape([batch, null, frequencies, channels]);
    }
    const features = channels * frequencies;
    return first
      ? ops.reshape(ops.transpose(y, [0, 1, 3, 2]), ops.stack([-1, features, frames])).setShape([batch, features, null])
      : ops
          .reshape(ops.transpose(y, [0, 2, 1, 3]), ops.stack([-1, frames, features]))
          .setShape([batch, null, features]);
  }

  override getConfig(): Record<string, unknown> {
    const { mode, window, periodic, scaling, padding } = this;
    return {
      ...super.getConfig(),
      mode,
      frame_length: this.frameLength,
      frame_step: this.frameStep,
      fft_length: this.fftLength,
      window,
      periodic,
      scaling,
      padding,
      expand_dims: this.expandDims,
    };
  }
}
