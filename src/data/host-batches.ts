import type { ProgramFunction } from '../core/function.js';
import { Program } from '../core/program.js';
import type { Tensor } from '../core/tensor.js';
import { type BuiltSource, type DataSource, explained, isEnd } from './source.js';

/** Batches of a source that lives in the graph, brought to JavaScript. Owner: of a program of its own. */
export class HostBatches {
  readonly #program = new Program();
  readonly #built: BuiltSource;
  readonly #step: ProgramFunction;

  constructor(source: DataSource) {
    this.#built = source.build(this.#program);
    this.#step = this.#program.function('next', {}, () => this.#built.next());
  }

  async start(pass: number): Promise<void> {
    await this.#built.start(pass);
  }

  /** null: end of the pass. */
  async next(): Promise<Tensor[] | null> {
    try {
      return Object.values(await this.#step({})) as Tensor[];
    } catch (failure) {
      if (isEnd(failure)) return null;
      throw await explained(this.#built, failure);
    }
  }

  dispose(): void {
    this.#program.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
