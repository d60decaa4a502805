import type { Output } from '../../core/output.js';
import type { Shape } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import { oneOf } from '../../nn/serialization.js';
import * as ops from '../../ops/index.js';
import {
  type CallOptions,
  Layer,
  type LayerInput,
  type LayerMask,
  type LayerOptions,
  type LayerOutput,
} from '../layer.js';
import { deserialize, type LayerConfig, serialize } from '../registry.js';
import { RNN } from './rnn.js';

const MERGE_MODES = ['sum', 'mul', 'ave', 'concat'] as const;
type MergeMode = (typeof MERGE_MODES)[number];

export interface BidirectionalOptions extends LayerOptions {
  /** A recurrent layer; it is copied, with new weights. From files its config. */
  layer: RNN | LayerConfig;
  /** How both outputs become one: `concat` (default), `sum`, `ave`, `mul`; null gives both. */
  mergeMode?: string | null;
  /** For the way back; default: as `layer`, with `goBackwards` the other way. */
  backwardLayer?: RNN | LayerConfig | null;
}

/**
 * A recurrent layer from the first step to the last, and another from the last to the first (Keras `Bidirectional`).
 *
 * Input shape: `[batch, steps, …]`, or a list of it and the states to start from, first those of the way forward. Output
 * shape: that of the layer, with `concat` twice as long in the last axis; with `returnState` a list of that and the states.
 *
 * @example
 * bidirectional({ layer: lstm({ units: 16, returnSequences: true }), mergeMode: 'sum' });
 */
export class Bidirectional extends Layer {
  static override readonly className = 'Bidirectional';
  static override readonly optionNames = ['layer', 'mergeMode', 'backwardLayer'];

  readonly forwardLayer: RNN;
  readonly backwardLayer: RNN;
  readonly mergeMode: MergeMode | null;

  constructor(options: BidirectionalOptions) {
    super(options);
    const { layer, backwardLayer, mergeMode = 'concat' } = options;
    const where = `Bidirectional '${this.name}'`;
    this.mergeMode = mergeMode === null ? null : oneOf(`${where}: mergeMode`, mergeMode, MERGE_MODES);
    const given = configOf(where, layer);
    this.forwardLayer = this.part(made(where, given, 'forward'));
    this.backwardLayer = this.part(
      backwardLayer
        ? made(where, configOf(where, backwardLayer))
        : made(where, { ...given, config: { ...given.config, go_backwards: !given.config.go_backwards } }, 'backward'),
    );
    this.#check(where);
    // Why: else what a masked step adds would be the output of another step.
    for (const one of [this.forwardLayer, this.backwardLayer]) one.zeroOutputForMask = one.returnSequences;
    if (!this.trainable) this.trainable = false;
  }

  #check(where: string): void {
    const [a, b] = [this.forwardLayer, this.backwardLayer];
    const different = (['stateful', 'returnSequences', 'returnState'] as const).find((key) => a[key] !== b[key]);
    if (different) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${where}: ${different} must be the same in layer and backwardLayer, got ${a[different]} and ${b[different]}.`,
      );
    }
    if (a.goBackwards === b.goBackwards) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${where}: goBackwards must differ in layer and backwardLayer, got ${a.goBackwards} twice.`,
      );
    }
  }

  override get sublayers(): readonly Layer[] {
    return [this.forwardLayer, this.backwardLayer];
  }

  override build(inputShape: Shape): void {
    for (const layer of this.sublayers) layer.build(this.program, inputShape);
  }

  /** Makes both layers start over, where they are stateful. */
  async resetStates(): Promise<void> {
    await this.forwardLayer.resetStates();
    await this.backwardLayer.resetStates();
  }

  override call(input: LayerInput, options: CallOptions = {}): LayerOutput {
    const [x, ...given] = [input].flat() as [Output, ...Output[]];
    const { initialState, ...rest } = options;
    const initial = given.length > 0 ? given : [initialState ?? []].flat();
    const half = initial.length / 2;
    const run = (layer: RNN, states: readonly Output[]): Output[] =>
      [
        layer.invoke<Output | readonly Output[]>(this.program, states.length > 0 ? [x, ...states] : x, rest),
      ].flat() as Output[];
    const [y, ...states] = run(this.forwardLayer, initial.slice(0, half)) as [Output, ...Output[]];
    const [reversed, ...more] = run(this.backwardLayer, initial.slice(half)) as [Output, ...Output[]];
    const back = this.forwardLayer.returnSequences ? ops.reverseV2(reversed, [1]) : reversed;
    const merged = this.mergeMode === null ? [y, back] : [MERGED[this.mergeMode](y, back)];
    const all = [...merged, ...states, ...more];
    return all.length === 1 ? (all[0] as Output) : all;
  }

  /** The mask of the steps, where they are given. */
  override computeMask(_input: LayerInput, mask: LayerMask): LayerMask {
    const [steps = null] = [mask].flat();
    if (!this.forwardLayer.returnSequences) return null;
    return this.mergeMode === null ? [steps, steps] : steps;
  }

  override getConfig(): Record<string, unknown> {
    const config = (layer: RNN): Record<string, unknown> => {
      const { build_config: _, ...rest } = serialize(layer);
      return rest;
    };
    return {
      ...super.getConfig(),
      merge_mode: this.mergeMode,
      layer: config(this.forwardLayer),
      backward_layer: config(this.backwardLayer),
    };
  }
}

const MERGED: Readonly<Record<MergeMode, (a: Output, b: Output) => Output>> = {
  sum: ops.add,
  mul: (a, b) => ops.mul(a, b),
  ave: (a, b) => ops.div(ops.add(a, b), 2),
  concat: (a, b) => ops.concat([a, b], -1),
};

function configOf(where: string, layer: RNN | LayerConfig): LayerConfig {
  if (layer instanceof RNN) {
    const { className } = layer.constructor as typeof RNN;
    return { class_name: className, config: layer.getConfig() };
  }
  if (typeof layer?.class_name === 'string') return layer;
  throw new TensorFlowError('ERR_ARGUMENT', `${where}: layer must be a recurrent layer such as lstm({ units: 16 }).`);
}

function made(where: string, { class_name, config }: LayerConfig, way?: 'forward' | 'backward'): RNN {
  const name = String(config.name);
  const named = way ? `${way}_${name.replace(new RegExp(`^${way}_`), '')}` : name;
  const layer = deserialize({ class_name, config: { ...config, name: named } });
  if (layer instanceof RNN) return layer;
  throw new TensorFlowError('ERR_ARGUMENT', `${where}: layer must be a recurrent layer, got ${class_name} '${name}'.`);
}
