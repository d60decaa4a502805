import type { ProgramFunction } from '../core/function.js';
import type { Output } from '../core/output.js';
import type { Profile, ProfileOptions } from '../core/profile.js';
import { listOf, mapSeveral, type Several } from '../core/several.js';
import { spec, type TensorSpec } from '../core/spec.js';
import { Tensor } from '../core/tensor.js';
import { partsOf } from '../training/batch-layout.js';
import type { Prediction } from '../training/predict.js';
import type { HostParts } from '../training/trainable.js';
import { feedsOf } from '../training/trainer.js';
import type { Network } from './network.js';

/** A network as a function of one batch. */
type Predictor = ProgramFunction<Record<string, TensorSpec>, { y: Several<Output> }>;

/** A network's functions of one batch, each traced once: one for each structure of inputs, their dtypes and shapes. */
export class Predictors {
  readonly #network: Network;
  readonly #known = new Map<string, Predictor>();

  constructor(network: Network) {
    this.#network = network;
  }

  /** Forgets them all. */
  clear(): void {
    this.#known.clear();
  }

  /** The network's output for a batch. */
  readonly run = async (x: Several<Tensor>): Promise<Prediction> => {
    this.#network.accept('predict', x);
    const tensors = listOf(x, isTensor);
    const { y } = await this.#of(x, tensors)(feedsOf(tensors));
    return y as Prediction;
  };

  async profile({ tensors, layout }: HostParts, options: ProfileOptions): Promise<Profile> {
    const { x } = partsOf(layout, tensors);
    this.#network.accept('profile', x);
    return this.#network.program.profile(this.#of(x, tensors), feedsOf(tensors), options);
  }

  #of(x: Several<Tensor>, tensors: readonly Tensor[]): Predictor {
    const network = this.#network;
    let place = 0;
    const places = mapSeveral(x, isTensor, () => place++);
    const specs = tensors.map(({ dtype, shape }, i) => {
      const open = network.modelInputs?.[i]?.shape ?? network.inputShape;
      return spec(dtype, [null, ...shape.slice(1).map((d, axis) => (open?.[axis + 1] === null ? null : d))]);
    });
    const key = JSON.stringify([places, network.modelInputs ? specs.map(({ dtype }) => dtype) : specs]);
    let known = this.#known.get(key);
    if (!known) {
      const inputs = feedsOf(specs);
      known = network.program.trace('predict_function', inputs, (values) => ({
        y: network.forward(partsOf({ x: places }, Object.values(values)).x, false),
      }));
      this.#known.set(key, known);
    }
    return known;
  }
}

function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}
