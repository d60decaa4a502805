import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import { unknownName } from '../../errors/suggest.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';
import { positive } from '../pairs.js';

export interface MelSpectrogramOptions extends LayerOptions {
  /** Length of the Fourier transform, in samples. Default 2048. */
  fftLength?: number;
  /** Samples from one frame to the next. Default 512. */
  sequenceStride?: number;
  /** Samples of a frame, at most `fftLength`. Default: as many. */
  sequenceLength?: number | null;
  /** `hann` (default), `hamming`, its `sequenceLength` values, or null for none. */
  window?: string | readonly number[] | null;
  /** Samples per second. Default 16000. */
  samplingRate?: number;
  /** Bands of the result. Default 128. */
  numMelBins?: number;
  /** Hertz: where the lowest band begins, at least 0. Default 20. */
  minFreq?: number;
  /** Hertz: where the highest band ends. Default: half the sampling rate. */
  maxFreq?: number | null;
  /** Whether the result is in decibels. Default true. */
  powerToDb?: boolean;
  /** Decibels below the loudest that are kept. Default 80. */
  topDb?: number;
  /** Exponent of the magnitude: 1, or 2 (default) for power. */
  magExp?: number;
  /** The least power, and the least `refPower`. Default 1e-10. */
  minPower?: number;
  /** The power that is 0 decibels. Default 1. */
  refPower?: number;
}

/** Constant and cosine term of a window. */
const WINDOWS: Record<string, readonly [number, number]> = { hann: [0.5, 0.5], hamming: [0.54, 0.46] };

/** The mel scale of the Hidden Markov Model Toolkit: `1127 · ln(1 + f / 700)`. */
const MEL_BREAK_HERTZ = 700;
const MEL_Q = 1127;

/**
 * Sound as its frequencies over time, in bands as wide as people hear them (Keras `MelSpectrogram`).
 *
 * Input shape: `[samples]` or `[batch, samples]`. Output shape: `[numMelBins, frames]` or `[batch, numMelBins, frames]`.
 *
 * @example
 * melSpectrogram({ numMelBins: 64, samplingRate: 8000, sequenceStride: 256 });
 */
export class MelSpectrogram extends Layer {
  static override readonly className = 'MelSpectrogram';
  static override readonly optionNames = [
    'fftLength',
    'sequenceStride',
    'sequenceLength',
    'window',
    'samplingRate',
    'numMelBins',
    'minFreq',
    'maxFreq',
    'powerToDb',
    'topDb',
    'magExp',
    'minPower',
    'refPower',
  ];

  readonly fftLength: number;
  readonly sequenceStride: number;
  readonly sequenceLength: number;
  readonly window: string | readonly number[] | null;
  readonly samplingRate: number;
  readonly numMelBins: number;
  readonly minFreq: number;
  readonly maxFreq: number;
  readonly powerToDb: boolean;
  readonly topDb: number;
  readonly magExp: number;
  readonly minPower: number;
  readonly refPower: number;

  constructor(options: MelSpectrogramOptions = {}) {
    super(options);
    const where = `MelSpectrogram '${this.name}'`;
    const { samplingRate = 16_000, minFreq = 20, maxFreq, window = 'hann' } = options;
    this.fftLength = positive(`${where}: fftLength`, options.fftLength ?? 2048);
    this.sequenceStride = positive(`${where}: sequenceStride`, options.sequenceStride ?? 512);
    this.sequenceLength = positive(`${where}: sequenceLength`, options.sequenceLength || this.fftLength);
    this.window = window;
    this.samplingRate = samplingRate;
    this.numMelBins = positive(`${where}: numMelBins`, options.numMelBins ?? 128);
    this.minFreq = minFreq;
    this.maxFreq = maxFreq || Math.trunc(samplingRate / 2);
    this.powerToDb = options.powerToDb ?? true;
    this.topDb = options.topDb ?? 80;
    this.magExp = options.magExp ?? 2;
    this.minPower = options.minPower ?? 1e-10;
    this.refPower = options.refPower ?? 1;
    this.#check(where);
  }

  #check(where: string): void {
    const { fftLength, sequenceLength, window, minFreq, maxFreq } = this;
    if (typeof window === 'string' && !(window in WINDOWS)) throw unknownName('window', window, Object.keys(WINDOWS));
    const refuse = (expected: string, got: string): never => {
      throw new TensorFlowError('ERR_ARGUMENT', `${where}: ${expected}, got ${got}.`);
    };
    if (sequenceLength > fftLength) {
      refuse('sequenceLength must be at most fftLength', `${sequenceLength} and ${fftLength}`);
    }
    if (window && typeof window !== 'string' && window.length !== sequenceLength) {
      refuse(`window must have sequenceLength ${sequenceLength} values`, `${window.length}`);
    }
    if (!(minFreq >= 0 && minFreq < maxFreq)) {
      refuse('minFreq must be at least 0 and below maxFreq', `${minFreq} and ${maxFreq}`);
    }
  }

  override build(inputShape: Shape): void {
    if (inputShape?.length === 1 || inputShape?.length === 2) return;
    throw this.shapeError('[samples] or [batch, samples]', formatKerasShape(inputShape), 'Reshape what comes before.');
  }

  override call(x: Output): Output {
    const signal = ops.cast(x, this.computeDType === 'float64' ? 'float64' : 'float32');
    const bands = ops.matMul(this.#spectrum(signal), this.#melMatrix(signal.dtype));
    const scaled = this.powerToDb ? this.#decibels(bands) : bands;
    const batched = x.shape?.length === 2;
    const y = ops.cast(ops.transpose(scaled, batched ? [0, 2, 1] : [1, 0]), this.computeDType);
    return y.setShape([...(batched ? [x.shape?.[0] ?? null] : []), this.numMelBins, null]);
  }

  /** Magnitudes `[…, frames, frequencies]` of frames around every `sequenceStride`th sample. */
  #spectrum(x: Output): Output {
    const half = Math.floor(this.fftLength / 2);
    const axis = (x.shape?.length ?? 1) - 1;
    const paddings = [...Array.from({ length: axis }, () => [0, 0]), [half, half]];
    const padded = ops.mirrorPad(x, paddings, { mode: 'REFLECT' });
    const last = ops.sub(ops.gather(ops.shape(padded), axis), this.fftLength);
    const starts = ops.range(0, ops.add(last, 1), this.sequenceStride);
    const at = ops.add(ops.expandDims(starts, 1), ops.range(0, this.fftLength));
    const frames = ops.gather(padded, at, axis);
    const weighted = this.window === null ? frames : ops.mul(frames, ops.constant(this.#windowValues(), x.dtype));
    const spectrum = ops.rfft(weighted, [this.fftLength], {
      tcomplex: x.dtype === 'float64' ? 'complex128' : 'complex64',
    });
    return ops.pow(ops.complexAbs(spectrum, { tout: x.dtype }), this.magExp);
  }

  /** The window in the middle of `fftLength` values. */
  #windowValues(): number[] {
    const { window, fftLength, sequenceLength } = this;
    const left = Math.floor((fftLength - sequenceLength) / 2);
    const [constant, cosine] = WINDOWS[typeof window === 'string' ? window : 'hann'] ?? [1, 0];
    const value = (i: number): number =>
      typeof window === 'string'
        ? constant - cosine * Math.cos((2 * Math.PI * i) / sequenceLength)
        : (window?.[i] ?? 1);
    return Array.from({ length: fftLength }, (_, i) => (i < left || i >= left + sequenceLength ? 0 : value(i - left)));
  }

  /** How much of each frequency is in each band, `[frequencies, bands]`: triangles between their neighbours' middles. */
  #melMatrix(dtype: Output['dtype']): Output {
    const spaced = (from: number, to: number, count: number): Output =>
      ops.linSpace(ops.constant(from, dtype), ops.constant(to, dtype), count);
    const hertz = spaced(0, this.samplingRate / 2, Math.floor(this.fftLength / 2) + 1);
    const mels = ops.expandDims(ops.mul(ops.log(ops.add(ops.div(hertz, MEL_BREAK_HERTZ), 1)), MEL_Q), 1);
    const edges = spaced(mel(this.minFreq), mel(this.maxFreq), this.numMelBins + 2);
    const [lower, centre, upper] = [0, 1, 2].map((i) => ops.slice(edges, [i], [this.numMelBins])) as [
      Output,
      Output,
      Output,
    ];
    const rising = ops.div(ops.sub(mels, lower), ops.sub(centre, lower));
    const falling = ops.div(ops.sub(upper, mels), ops.sub(upper, centre));
    return ops.maximum(ops.minimum(rising, falling), 0);
  }

  #decibels(power: Output): Output {
    const { minPower, refPower, topDb } = this;
    const decibels = ops.mul(ops.log(ops.maximum(power, minPower)), 10 / Math.LN10);
    const relative = ops.sub(decibels, 10 * Math.log10(Math.max(Math.abs(refPower), minPower)));
    return ops.maximum(relative, ops.sub(ops.max(relative), topDb));
  }

  override getConfig(): Record<string, unknown> {
    const { window } = this;
    return {
      ...super.getConfig(),
      fft_length: this.fftLength,
      sequence_stride: this.sequenceStride,
      sequence_length: this.sequenceLength,
      window,
      sampling_rate: this.samplingRate,
      num_mel_bins: this.numMelBins,
      min_freq: this.minFreq,
      max_freq: this.maxFreq,
      power_to_db: this.powerToDb,
      top_db: this.topDb,
      mag_exp: this.magExp,
      min_power: this.minPower,
      ref_power: this.refPower,
    };
  }
}

function mel(hertz: number): number {
  return MEL_Q * Math.log(1 + hertz / MEL_BREAK_HERTZ);
}
