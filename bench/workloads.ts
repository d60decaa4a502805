import { unknownName } from '../src/errors/suggest.js';

/** Whom we are measured against. */
export type Peer = 'Keras' | 'Keras predict' | 'ONNX Runtime' | 'TF_SessionRun' | 'uncached';

/** Which pictures a workload reads: CIFAR-10's PNG files, or the same ones blown up as JPEG files. */
export type PictureKind = 'png32' | 'jpeg224';

export type Network = 'VGG16' | 'ResNet50';

/** What both sides do, and what is promised of it. */
export interface Workload {
  /** As both sides' programs call it. */
  readonly name: string;
  readonly title: string;
  readonly peer: Peer;
  /** Measured too, without a promise. */
  readonly beside?: Peer;
  readonly batchSize: number;
  /** Steps of one epoch, and epochs of one measured `fit`. */
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly pictures?: PictureKind;
  /** A network of Keras, with random weights, whose files are made for it. */
  readonly network?: Network;
  /** Least ratio of our images per second to the peer's; most µs of a call over the bare run. */
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
      pictures: 'png32',
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
  images: [
    {
      name: 'augment-32',
      title: 'Decode and augment, PNG 32×32',
      peer: 'Keras',
      pictures: 'png32',
      batchSize: 50,
      stepsPerEpoch: 200,
      epochs: 1,
      promise: 4,
    },
    {
      name: 'augment-224',
      title: 'Decode and augment, JPEG 224×224',
      peer: 'Keras',
      pictures: 'jpeg224',
      batchSize: 50,
      stepsPerEpoch: 20,
      epochs: 1,
      promise: 1.5,
    },
    {
      name: 'augment-32-cached',
      title: 'PNG 32×32, `cache: true`',
      peer: 'uncached',
      pictures: 'png32',
      batchSize: 50,
      stepsPerEpoch: 200,
      epochs: 1,
      promise: 1.3,
    },
    {
      name: 'augment-224-cached',
      title: 'JPEG 224×224, `cache: true`',
      peer: 'uncached',
      pictures: 'jpeg224',
      batchSize: 50,
      stepsPerEpoch: 20,
      epochs: 1,
      promise: 1.3,
    },
  ],
  applications: (['VGG16', 'ResNet50'] as const).map((network) => ({
    name: `predict-${network}`,
    title: `${network}, one picture`,
    peer: 'Keras predict',
    beside: 'ONNX Runtime',
    network,
    batchSize: 1,
    stepsPerEpoch: 20,
    epochs: 1,
    promise: 1,
  })),
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
