import { TensorFlowError } from '../../errors/errors.js';
import { type CallOptions, Layer, type LayerInput, type LayerOptions, type LayerOutput } from '../layer.js';

export interface LambdaOptions extends LayerOptions {
  /** The output for the input, by operations of the graph. */
  function: (input: LayerInput, options: CallOptions) => LayerOutput;
}

/**
 * A function of your own as a layer without weights (Keras `Lambda`). Files of models cannot contain it: a class of your own,
 * made known by `registerLayer`, can be written and read.
 *
 * @example
 * lambda({ function: (x) => ops.square(x as Output) });
 */
export class Lambda extends Layer {
  static override readonly className = 'Lambda';
  static override readonly optionNames = ['function'];

  readonly function: LambdaOptions['function'];

  constructor(options: LambdaOptions) {
    super(options);
    this.function = options.function;
    if (typeof this.function === 'function') return;
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `Lambda '${this.name}': function must be a function of the input, got ${typeof this.function}.`,
    );
  }

  override call(input: LayerInput, options: CallOptions): LayerOutput {
    return this.function(input, options);
  }

  /** @throws ERR_ARGUMENT always: functions are not kept in files */
  override getConfig(): never {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `Lambda '${this.name}' has no config: a function cannot be kept in a file. Make it a class of its own and register it with registerLayer.`,
    );
  }
}
