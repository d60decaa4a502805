import { isCompatible, type Shape } from '../../core/shape.js';
import type { Tensor } from '../../core/tensor.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { Observer, Target } from '../observer.js';
import { type BatchingPlan, paddedRows } from './parameters.js';
import { joinRows, padInner, splitRows } from './rows.js';
import { disposeAll, Task, type Tensors } from './task.js';

/** What a lane leads to: a signature of a loaded model. */
export interface LaneEnd {
  target(): Target;
  readonly inputs: Specs;
  readonly outputs: Specs;
  /** Whether its runs go one at a time, each for one request. */
  readonly exclusive: boolean;
  run(inputs: Tensors): Promise<Tensors>;
}

type Specs = Readonly<Record<string, { readonly dtype: string; readonly shape: Shape }>>;

/** The key of tasks that cannot meet others. */
const ALONE = 'alone';

/** Rows of a task that are in a run. */
interface Piece {
  readonly task: Task;
  readonly begin: number;
  readonly end: number;
}

/** The requests for one signature, from their coming to their run. */
export class Lane {
  readonly #end: LaneEnd;
  readonly #plan: BatchingPlan;
  readonly #observer: Observer | undefined;
  readonly #come: () => void;
  /** Whether requests can meet. Becomes false when a run's outputs have not the rows of its inputs. */
  #joins: boolean;
  #waiting: Task[] = [];
  #waitingRows = 0;
  #running = 0;

  /** @param come told when a task waits that did not before */
  constructor(end: LaneEnd, plan: BatchingPlan, observer: Observer | undefined, come: () => void) {
    this.#end = end;
    this.#plan = plan;
    this.#observer = observer;
    this.#come = come;
    const specs = [...Object.values(end.inputs), ...Object.values(end.outputs)];
    this.#joins = plan.joins && !end.exclusive && specs.every(({ shape }) => shape?.[0] === null);
  }

  /**
   * The signature's outputs for these inputs, which are to live until then.
   *
   * @param signal leaves the queue, or gives the run up, with its reason
   * @throws TF_RESOURCE_EXHAUSTED where too many wait; TF_INVALID_ARGUMENT for more rows than a request may have; what the
   * run throws
   */
  async submit(inputs: Tensors, signal?: AbortSignal): Promise<Tensors> {
    signal?.throwIfAborted();
    const key = this.#keyOf(inputs);
    // Why: without a run, the function says best what is wrong with inputs that do not fit.
    if (key === undefined) return this.#end.run(inputs);
    const rows = key === ALONE ? 1 : (Object.values(inputs)[0]?.shape[0] ?? 1);
    this.#admit(rows);
    const watch = this.#observer?.queue(this.#end.target());
    return new Promise((resolve, reject) => {
      const leave = (): void => this.#drop(task, signal?.reason);
      const forget = (): void => signal?.removeEventListener('abort', leave);
      const task = new Task(
        { inputs, rows, key, watch },
        (outputs) => {
          forget();
          resolve(outputs);
        },
        (reason) => {
          forget();
          reject(reason);
        },
      );
      signal?.addEventListener('abort', leave);
      this.#waiting.push(task);
      this.#waitingRows += rows;
      this.#come();
    });
  }

  /** A run of nobody's request, which does not wait. */
  warm(inputs: Tensors): Promise<Tensors> {
    return this.#observed(inputs, 0, []);
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** When, by `performance.now()`, its next run may begin; undefined: not before another event. */
  get due(): number | undefined {
    const [first] = this.#waiting;
    if (!first || (this.#end.exclusive && this.#running > 0)) return undefined;
    const isFull = first.key === ALONE || this.#waitingRows >= this.#plan.runRows;
    return isFull ? 0 : first.since + this.#plan.waitMillis;
  }

  /** Runs what waits longest, with what can join it. Never rejects. */
  async next(): Promise<void> {
    const pieces = this.#take();
    if (pieces.length === 0) return;
    this.#running++;
    try {
      await this.#run(pieces);
    } finally {
      this.#running--;
    }
  }

  #admit(rows: number): void {
    const { requestRows, waitingRows } = this.#plan;
    if (rows > requestRows) {
      throw new TensorFlowError(
        'TF_INVALID_ARGUMENT',
        `Task size ${rows} is larger than maximum input batch size ${requestRows}`,
      );
    }
    // Why: a request larger than the whole queue waits in an empty one.
    if (this.isEmpty || this.#waitingRows + rows <= waitingRows) return;
    throw new TensorFlowError(
      'TF_RESOURCE_EXHAUSTED',
      'The batch scheduling queue to which this task was submitted is full; try again later',
    );
  }

  /** What tells tasks that can meet from others: their shapes behind the rows. Undefined: inputs that do not fit. */
  #keyOf(inputs: Tensors): string | undefined {
    const specs = Object.entries(this.#end.inputs);
    const given = specs.flatMap(([name, { dtype, shape }]) => {
      const tensor = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
      return tensor && tensor.dtype === dtype && isCompatible(tensor.shape, shape) ? [tensor] : [];
    });
    const [first] = given;
    if (given.length < specs.length) return undefined;
    if (!this.#joins || !first?.size || given.some(({ shape }) => shape[0] !== first.shape[0])) return ALONE;
    const { padsInner } = this.#plan;
    return given.map(({ shape }) => (padsInner ? shape.length : shape.slice(1).join())).join('|');
  }

  #drop(task: Task, reason: unknown): void {
    if (task.taken === 0) task.watch?.leave();
    this.#remove(task);
    task.reject(reason);
  }

  #remove(task: Task): void {
    if (task.taken === task.rows) return;
    this.#waitingRows -= task.rows - task.taken;
    task.taken = task.rows;
    this.#waiting = this.#waiting.filter((other) => other !== task);
  }

  #take(): Piece[] {
    const { runRows } = this.#plan;
    const [first] = this.#waiting;
    const pieces: Piece[] = [];
    let room = first?.key === ALONE ? 1 : runRows;
    for (const task of this.#waiting) {
      if (task.key !== first?.key) continue;
      const left = task.rows - task.taken;
      if (room === 0 || (left > room && task.rows <= runRows)) break;
      const count = Math.min(left, room);
      pieces.push({ task, begin: task.taken, end: task.taken + count });
      task.taken += count;
      room -= count;
      this.#waitingRows -= count;
    }
    this.#waiting = this.#waiting.filter(({ taken, rows }) => taken < rows);
    return pieces;
  }

  async #run(pieces: readonly Piece[]): Promise<void> {
    const [first] = pieces;
    const rows = pieces.reduce((sum, { begin, end }) => sum + end - begin, 0);
    const count = first?.task.key === ALONE ? rows : paddedRows(this.#plan, rows);
    if (first && first.task.rows === count && pieces.length === 1) return this.#runWhole(first.task);
    let inputs: Tensors = {};
    try {
      inputs = joinInputs(pieces, count);
      const outputs = await this.#observed(inputs, count - rows, pieces);
      if (Object.values(outputs).every(({ shape }) => shape[0] === count)) return deliver(pieces, outputs);
      this.#joins = false;
      disposeAll(outputs);
    } catch (error) {
      if (first && pieces.length === 1) return this.#drop(first.task, error);
    } finally {
      disposeAll(inputs);
    }
    for (const { task } of pieces) await this.#runWhole(task);
  }

  /** All rows of a task, whatever became of its parts. */
  async #runWhole(task: Task): Promise<void> {
    this.#remove(task);
    if (task.settled) return;
    try {
      task.resolve(await this.#observed(task.inputs, 0, [{ task, begin: 0, end: task.rows }]));
    } catch (error) {
      task.reject(error);
    }
  }

  async #observed(inputs: Tensors, padding: number, pieces: readonly Piece[]): Promise<Tensors> {
    const rows = (Object.values(inputs)[0]?.shape[0] ?? 1) - padding;
    const members = pieces.flatMap(({ task, begin }) => (begin === 0 && task.watch ? [task.watch] : []));
    const done = this.#observer?.run(this.#end.target(), { rows, padding }, members);
    try {
      return await this.#end.run(inputs);
    } finally {
      done?.();
    }
  }
}

function joinInputs(pieces: readonly Piece[], count: number): Tensors {
  const names = Object.keys(pieces[0]?.task.inputs ?? {});
  return Object.fromEntries(names.map((name) => [name, joinInput(pieces, name, count)]));
}

function joinInput(pieces: readonly Piece[], name: string, count: number): Tensor {
  const parts = pieces.flatMap(({ task, begin, end }) => {
    const tensor = task.inputs[name];
    return tensor ? [{ tensor, begin, end }] : [];
  });
  const inner = parts[0]?.tensor.shape.slice(1) ?? [];
  const longest = inner.map((_, axis) => Math.max(...parts.map(({ tensor }) => tensor.shape[axis + 1] ?? 0)));
  const padded = parts.map((part) => {
    const fits = longest.every((length, axis) => part.tensor.shape[axis + 1] === length);
    return fits ? part : { ...part, tensor: padInner(part.tensor, longest) };
  });
  const joined = joinRows(padded, count);
  for (const [i, { tensor }] of padded.entries()) if (tensor !== parts[i]?.tensor) tensor.dispose();
  return joined;
}

/** Gives each task its rows, and frees the whole. */
function deliver(pieces: readonly Piece[], outputs: Tensors): void {
  const counts = pieces.map(({ begin, end }) => end - begin);
  const split = Object.entries(outputs).map(([name, whole]) => [name, splitRows(whole, counts)] as const);
  disposeAll(outputs);
  for (const [i, { task, begin }] of pieces.entries()) {
    const own = split.flatMap(([name, parts]) => (parts[i] ? [[name, parts[i]] as const] : []));
    task.deliver(begin, Object.fromEntries(own));
  }
}
