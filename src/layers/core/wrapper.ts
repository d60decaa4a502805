import { TensorFlowError } from '../../errors/errors.js';
import { Layer, type LayerOptions } from '../layer.js';
import { deserialize, type LayerConfig, serialize } from '../registry.js';

export interface WrapperOptions extends LayerOptions {
  /** The layer inside; from files its config. */
  layer: Layer | LayerConfig;
}

/** A layer around one other, whose weights are its own (Keras `Wrapper`). */
export abstract class Wrapper extends Layer {
  static override readonly optionNames: readonly string[] = ['layer'];

  readonly layer: Layer;

  constructor(options: WrapperOptions) {
    super(options);
    const { layer } = options;
    this.layer = layer instanceof Layer ? layer : this.#fromConfig(layer);
  }

  #fromConfig(config: LayerConfig): Layer {
    if (typeof config?.class_name === 'string') return deserialize(config);
    const { className } = this.constructor as typeof Layer;
    throw new TensorFlowError('ERR_ARGUMENT', `${className} '${this.name}': layer must be a layer, got ${config}.`);
  }

  override get sublayers(): readonly Layer[] {
    return [this.layer];
  }

  override getConfig(): Record<string, unknown> {
    const { build_config: _, ...layer } = serialize(this.layer);
    return { ...super.getConfig(), layer };
  }
}
