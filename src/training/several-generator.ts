import { Tensor } from '../core/tensor.js';
import { GeneratorSource } from '../data/generator-source.js';
import type { BatchLayout, DataSource } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import type { Names } from './data-adapter.js';
import { partsIn, type Value, type Values } from './parts.js';

/** x alone, or a list of x, y and weights, each one array, a list of arrays or a record of them. */
type Batch = Tensor | readonly Values[];
type Iterables = Iterable<Batch> | AsyncIterable<Batch>;
/** Batches made in JavaScript. A function is called for each pass; a generator that is already running goes on. */
export type Batches = Iterables | (() => Iterables);

/** A generator as a source; its first batch was looked at. */
export async function openGenerator(batches: Batches, names: Names): Promise<DataSource> {
  const flat = new FlatBatches(names);
  const source = new GeneratorSource(typeof batches === 'function' ? () => flat.over(batches()) : flat.over(batches));
  await source.open();
  return Object.assign(source, { layout: flat.layout });
}

/** Batches as plain lists of arrays. */
class FlatBatches {
  readonly #names: Names;
  /** Where the parts of the batches are in the lists; as in the first one. */
  layout: BatchLayout | undefined;

  constructor(names: Names) {
    this.#names = names;
  }

  /** An iterator that runs already stays one and the same. */
  over(batches: Iterables): AsyncIterable<Value[]> {
    const made = new Map<unknown, AsyncIterator<Value[]>>();
    return {
      [Symbol.asyncIterator]: () => {
        const from = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
        const known = made.get(from) ?? this.#flattened(from);
        made.set(from, known);
        return known;
      },
    };
  }

  #flattened(from: Iterator<Batch> | AsyncIterator<Batch>): AsyncIterator<Value[]> {
    return {
      next: async () => {
        const { done, value } = await from.next();
        return done ? { done, value: undefined } : { done: false, value: this.#flat(value) };
      },
      return: async () => {
        await from.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  #flat(batch: Batch): Value[] {
    const { inputNames, outputNames } = this.#names;
    const given = batch instanceof Tensor ? [batch] : batch;
    if (!Array.isArray(given) || given.length === 0 || given.length > 3) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `A batch of a generator is a list [x, y] or [x, y, weights], got ${Array.isArray(given) ? `${given.length} parts` : typeof given}.`,
      );
    }
    let place = 0;
    const parts = given.map((part: Values, i) => partsIn(part, i === 0 ? inputNames : outputNames));
    const [x = 0, y, sampleWeight] = parts.map((part) => {
      const own = part.places(place);
      place += part.values.length;
      return own;
    });
    this.#settle({ x, ...(y !== undefined && { y }), ...(sampleWeight !== undefined && { sampleWeight }) });
    return parts.flatMap(({ values }) => values);
  }

  #settle(layout: BatchLayout): void {
    this.layout ??= layout;
    if (JSON.stringify(layout) === JSON.stringify(this.layout)) return;
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      'A batch of a generator must have the same inputs, labels and weights as the first one.',
    );
  }
}
