import type { Tensor } from '../../core/tensor.js';
import type { QueueWatch } from '../observer.js';
import { joinRows } from './rows.js';

export type Tensors = Readonly<Record<string, Tensor>>;

/** A request's inputs that wait for their run, or for the runs of their parts. */
export class Task {
  readonly inputs: Tensors;
  readonly rows: number;
  /** Tasks of one key can meet in a run; one without stays alone. */
  readonly key: string | undefined;
  readonly watch: QueueWatch | undefined;
  readonly since = performance.now();
  /** Rows whose run has begun. */
  taken = 0;
  settled = false;
  readonly #resolve: (outputs: Tensors) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #parts: { begin: number; outputs: Tensors }[] = [];

  constructor(
    { inputs, rows, key, watch }: Pick<Task, 'inputs' | 'rows' | 'key' | 'watch'>,
    resolve: (outputs: Tensors) => void,
    reject: (reason: unknown) => void,
  ) {
    this.inputs = inputs;
    this.rows = rows;
    this.key = key;
    this.watch = watch;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Outputs of its rows from `begin` on. Owner: the task. */
  deliver(begin: number, outputs: Tensors): void {
    this.#parts.push({ begin, outputs });
    if (this.settled) this.#disposeParts();
    if (this.#parts.reduce((sum, part) => sum + rowsOf(part.outputs), 0) < this.rows) return;
    if (this.#parts.length === 1) {
      this.#parts.pop();
      this.resolve(outputs);
      return;
    }
    const parts = this.#parts.sort((a, b) => a.begin - b.begin).map((part) => part.outputs);
    this.resolve(Object.fromEntries(Object.keys(outputs).map((name) => [name, joined(parts, name, this.rows)])));
  }

  resolve(outputs: Tensors): void {
    if (this.settled) disposeAll(outputs);
    this.#settle();
    this.#resolve(outputs);
  }

  reject(reason: unknown): void {
    this.#settle();
    this.#reject(reason);
  }

  #settle(): void {
    this.settled = true;
    this.#disposeParts();
  }

  #disposeParts(): void {
    for (const { outputs } of this.#parts.splice(0)) disposeAll(outputs);
  }
}

export function disposeAll(tensors: Tensors): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}

function joined(parts: readonly Tensors[], name: string, rows: number): Tensor {
  const pieces = parts.flatMap(({ [name]: tensor }) =>
    tensor ? [{ tensor, begin: 0, end: tensor.shape[0] ?? 0 }] : [],
  );
  return joinRows(pieces, rows);
}

function rowsOf(outputs: Tensors): number {
  return Object.values(outputs)[0]?.shape[0] ?? 0;
}
