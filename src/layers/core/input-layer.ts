import type { Output } from '../../core/output.js';
import type { PartialShape } from '../../core/shape.js';
import { checkIsOptions } from '../../errors/suggest.js';
import { checkKinds } from '../check-options.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface InputLayerOptions extends LayerOptions {
  /** Shape of one sample, without the batch. */
  shape?: PartialShape;
  /** Shape with the batch, as Keras 3 files write it. */
  batchShape?: PartialShape;
  batchSize?: number | null;
  sparse?: boolean;
  ragged?: boolean;
  optional?: boolean;
}

/**
 * Where data enters a model (Keras `InputLayer`): says the shape and dtype, changes nothing.
 *
 * @example
 * model.add(inputLayer({ shape: [32, 32, 3] }));
 */
export class InputLayer extends Layer {
  static override readonly className = 'InputLayer';
  static override readonly optionNames = ['shape', 'batchShape', 'batchSize', 'sparse', 'ragged', 'optional'];

  constructor(given: InputLayerOptions = {}) {
    checkIsOptions('InputLayer', given, 'shape');
    checkKinds('InputLayer', given, { shape: 'shape', batchShape: 'shape' });
    const { shape, batchShape, batchSize = null, ...options } = given;
    const { sparse: _sparse, ragged: _ragged, optional: _optional, ...common } = options;
    const full = batchShape ?? (shape ? [batchSize, ...shape] : undefined);
    super({ ...common, ...(full ? { batchInputShape: full } : {}) });
  }

  override call(x: Output): Output {
    return x;
  }

  override getConfig(): Record<string, unknown> {
    const { name, dtype } = this;
    return { batch_shape: this.batchInputShape ?? null, dtype, sparse: false, ragged: false, name, optional: false };
  }
}
