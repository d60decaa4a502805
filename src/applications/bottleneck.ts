import type { Output } from '../core/output.js';
import { isOutput, listOf } from '../core/several.js';
import type { Tensor } from '../core/tensor.js';
import { specsIn } from '../data/dataset-step.js';
import type { DataSource } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import type { LayerInput, LayerOutput } from '../layers/layer.js';
import { Model } from '../models/model.js';

/** What a network makes of pictures, with what is known of them. */
export interface Bottleneck {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly sampleWeight: Tensor | undefined;
}

/** The network's features of one pass over a source, beside labels and weights, in the order they came. */
export async function bottleneck(network: Model, source: DataSource): Promise<Bottleneck> {
  const { length } = specsIn(source.elementSpec);
  const [x, y, sampleWeight] =
    length < 2 ? [] : await new Beside(network).predict<Tensor[]>(allOf(source, length), { verbose: 0 });
  if (x && y) return { x, y, sampleWeight };
  throw new TensorFlowError('ERR_LABELS', 'transfer: the data has no labels; give pictures with their classes.');
}

/** A source whose tensors all are inputs. */
function allOf(source: DataSource, length: number): DataSource {
  return {
    elementSpec: source.elementSpec,
    batchesPerPass: source.batchesPerPass,
    layout: { x: Array.from({ length }, (_, place) => place) },
    build: (program) => {
      const built = source.build(program);
      // Why: the trainer binds what it was given, and a source knows only its own kind.
      const bind = built.bind?.bind(built);
      if (bind) built.bind = () => bind(source);
      return built;
    },
  };
}

/** A network of the first of its inputs that gives the others as they are. */
class Beside extends Model {
  readonly network: Model;

  constructor(network: Model) {
    super();
    this.network = network;
  }

  override call<O extends LayerOutput = Output>(inputs: LayerInput): NoInfer<O> {
    const [x, ...others] = listOf(inputs, isOutput);
    return [...(x ? [this.network.forward(x, false)] : []), ...others] as LayerOutput as NoInfer<O>;
  }
}
