import type * as tf from 'libtensorflow-node';
import type { Policy } from './policy.js';

/** Who learns by acting. */
export interface Agent {
  readonly program: tf.Program;
  /** What it thinks best, without exploring. */
  readonly policy: Policy;
  /** What the policy asks: it takes the action that this network puts first. */
  readonly network: tf.Sequential;
  /** Steps of the environment taken so far. */
  readonly steps: number;
  /** Acts and learns for a while; gives the returns of the episodes that ended meanwhile. */
  learn(): Promise<number[]>;
  /** One training step alone, on what it has seen. */
  update(): Promise<void>;
}
