import { Concatenate, Identity, Layer, type LayerInput, registerLayer } from '../../layers/index.js';

type Config = Readonly<Record<string, unknown>>;

/** Layers of Keras' FeatureSpace that go by other names here; found in its configs, and in models that begin with one. */
abstract class Renamed extends Layer {
  override call(x: LayerInput): LayerInput {
    return x;
  }
}

class TFDIdentity extends Renamed {
  static override readonly className = 'TFDIdentity';

  static fromConfig({ name }: Config): Layer {
    return new Identity({ name: String(name) });
  }
}

class TFDConcat extends Renamed {
  static override readonly className = 'TFDConcat';

  static fromConfig({ name, axis }: Config): Layer {
    return new Concatenate({ name: String(name), axis: Number(axis) });
  }
}

registerLayer(TFDIdentity, TFDConcat);
