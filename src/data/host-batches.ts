import { Program, type ProgramFunction } from '../core/program.js';
import type { Tensor } from '../core/tensor.js';
import type { ExplainedSource } from './explained-source.js';
import { isEnd } from './read-dataset.js';

/** Batches of a source that lives in the graph, brought to JavaScript. Owner: of a program of its own. */
export class HostBatches {
  readonly #program = new Program();
  readonly #built: ExplainedSource;
  readonly #step: ProgramFunction;

  constructor(source: { build(program: Program): ExplainedSource }) {
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
      throw await this.#built.explain(failure);
    }
  }

  dispose(): void {
    this.#program.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
