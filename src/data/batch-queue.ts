import type { Tensor } from '../core/tensor.js';

/** Batches that are made ahead of the step that needs them. */
const AHEAD = 2;

/** Draws from an iterator ahead of need, one call at a time. Owner: of the tensors it has not given away. */
export class BatchQueue<T> {
  readonly iterator: AsyncIterator<T> | Iterator<T>;
  readonly #convert: (item: T) => Tensor[];
  readonly #ready: Promise<Tensor[] | null>[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(iterator: AsyncIterator<T> | Iterator<T>, convert: (item: T) => Tensor[]) {
    this.iterator = iterator;
    this.#convert = convert;
  }

  /** null: the iterator is at its end. */
  async next(): Promise<Tensor[] | null> {
    const first = this.#ready.shift() ?? this.#draw();
    while (this.#ready.length < AHEAD) this.#ready.push(this.#draw());
    return first;
  }

  /** Puts a batch back, to be the next one. */
  unshift(batch: Tensor[] | null): void {
    this.#ready.unshift(Promise.resolve(batch));
  }

  /** Ends the iterator. */
  async close(): Promise<void> {
    const waiting = await Promise.allSettled(this.#ready.splice(0));
    for (const batch of waiting) {
      if (batch.status === 'fulfilled') for (const part of batch.value ?? []) part.dispose();
    }
    await this.iterator.return?.();
  }

  #draw(): Promise<Tensor[] | null> {
    const drawn = this.#last.then(async () => {
      const { done, value } = await this.iterator.next();
      return done ? null : this.#convert(value);
    });
    this.#last = drawn;
    // Why: a failure belongs to whoever takes the batch; until then nobody listens.
    drawn.catch(() => {});
    return drawn;
  }
}
