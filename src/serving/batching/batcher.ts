import type { Observer } from '../observer.js';
import { Lane, type LaneEnd } from './lane.js';
import { type BatchingParameters, type BatchingPlan, batchingPlan } from './parameters.js';

/**
 * Runs of all models of a server, on a number of threads they share. Requests for one signature of one version that wait
 * for a thread meet in a run; signatures that wait take turns.
 *
 * Source: TensorFlow Serving's batching_session.h and shared_batch_scheduler.h.
 */
export class Batcher {
  readonly plan: BatchingPlan;
  readonly #observer: Observer | undefined;
  /** Lanes in which something waits, the one whose turn is next first. */
  #waiting: Lane[] = [];
  #free: number;
  #wakes = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param parameters `false`: every request is a run of its own
   * @throws ERR_UNKNOWN_NAME, ERR_ARGUMENT
   */
  constructor(parameters: BatchingParameters | false = {}, observer?: Observer) {
    this.plan = batchingPlan(parameters);
    this.#observer = observer;
    this.#free = this.plan.threads;
  }

  /** The way to a signature. */
  lane(end: LaneEnd): Lane {
    const lane: Lane = new Lane(end, this.plan, this.#observer, () => {
      if (!this.#waiting.includes(lane)) this.#waiting.push(lane);
      this.#wake();
    });
    return lane;
  }

  /** Why not at once: what came in with the same look at the sockets shall meet. */
  #wake(): void {
    if (this.#wakes) return;
    this.#wakes = true;
    setImmediate(() => {
      this.#wakes = false;
      this.#serve();
    });
  }

  #serve(): void {
    const now = performance.now();
    this.#waiting = this.#waiting.filter((lane) => !lane.isEmpty);
    for (let lane = this.#nextLane(now); lane; lane = this.#nextLane(now)) {
      this.#free--;
      void lane.next().finally(() => {
        this.#free++;
        this.#wake();
      });
      if (!lane.isEmpty) this.#waiting.push(lane);
    }
    if (this.#free > 0) this.#wakeWhenDue(now);
  }

  #nextLane(now: number): Lane | undefined {
    const at = this.#free > 0 ? this.#waiting.findIndex(({ due }) => due !== undefined && due <= now) : -1;
    return at < 0 ? undefined : this.#waiting.splice(at, 1)[0];
  }

  #wakeWhenDue(now: number): void {
    clearTimeout(this.#timer);
    const next = Math.min(...this.#waiting.map(({ due }) => due ?? Number.POSITIVE_INFINITY));
    if (next === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#wake(), Math.ceil(next - now));
  }
}
