import type { Output } from '../../core/output.js';
import { type CallOptions, Layer, type LayerOptions } from '../layer.js';
import { deserialize, type LayerConfig, serialize } from '../registry.js';

export interface PipelineOptions extends LayerOptions {
  /** The layers in order; from files their configs. */
  layers: readonly (Layer | LayerConfig)[];
}

/**
 * Layers one after the other as one layer (Keras `Pipeline`).
 *
 * @example
 * pipeline({ layers: [randomFlip({ mode: 'horizontal' }), randomRotation({ factor: 0.1 })] });
 */
export class Pipeline extends Layer {
  static override readonly className = 'Pipeline';
  static override readonly optionNames = ['layers'];

  readonly layers: readonly Layer[];

  constructor(options: PipelineOptions) {
    super(options);
    this.layers = options.layers.map((layer) => this.part(layer instanceof Layer ? layer : deserialize(layer)));
  }

  override call(x: Output, options: CallOptions): Output {
    return this.layers.reduce((y, layer) => layer.invoke<Output>(this.program, y, options), x);
  }

  /** Keras writes fewer keys here than elsewhere. */
  override getConfig(): Record<string, unknown> {
    const layers = this.layers.map((layer) => {
      const { build_config: _, ...config } = serialize(layer);
      return config;
    });
    return { layers, name: this.name };
  }
}
