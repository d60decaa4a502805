import { unknownName } from '../src/errors/suggest.js';

/** Whom we are measured against. */
export type Peer = 'Keras' | 'TF_SessionRun';

/** What both sides do, and what is promised of it. */
export interface Workload {
  /** As both sides' programs call it. */
  readonly name: string;
  readonly title: string;
  readonly peer: Peer;
  readonly batchSize: number;
  /** Steps of one epoch, and epochs of one measured `fit`. */
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  /** Least ratio of our images per second to Keras'; most µs of a call over the bare run. */
  readonly promise: number;
}

/** By what is typed after `npm run bench --`. */
export const SUITES: Readonly<Record<string, readonly Workload[]>> = {
  cifar: [
    {
      name: 'cnn-memory',
      title: "The chapter's CNN, pictures in memory",
      peer: 'Keras',
      batchSize: 50,
      stepsPerEpoch: 150,
      epochs: 1,
      promise: 1.3,
    },
    {
      name: 'cnn-folders',
      title: "The chapter's CNN, PNG folders with augmentation",
      peer: 'Keras',
      batchSize: 50,
      stepsPerEpoch: 150,
      epochs: 1,
      promise: 1.6,
    },
  ],
  mnist: [
    {
      name: 'mnist-dense',
      title: 'Dense 784-256-128-10, rmsprop',
      peer: 'Keras',
      batchSize: 128,
      stepsPerEpoch: 375,
      epochs: 3,
      promise: 2.5,
    },
  ],
  overhead: [
    {
      name: 'trivial-call',
      title: 'A call of a function that adds 1 to a number',
      peer: 'TF_SessionRun',
      batchSize: 1,
      stepsPerEpoch: 4000,
      epochs: 1,
      promise: 60,
    },
  ],
};

/** The workloads of the suites named; of all when none is. */
export function workloadsOf(names: readonly string[]): Workload[] {
  const known = Object.keys(SUITES);
  return (names.length > 0 ? names : known).flatMap((name) => {
    const suite = Object.hasOwn(SUITES, name) ? SUITES[name] : undefined;
    if (!suite) throw unknownName('benchmark', name, known);
    return suite;
  });
}
