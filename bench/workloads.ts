import { unknownName } from '../src/errors/suggest.js';
import { CURVE_SUITES, type Tower } from './curve-suites.js';
import { NETWORK_SUITES } from './network-suites.js';
import type { Form } from './serving/served-files.js';

/** Whom we are measured against. */
export type Peer =
  | 'Keras'
  | 'Keras mixed'
  | 'Keras function'
  | 'tfjs-node'
  | 'tfjs wasm'
  | 'tfjs cpu'
  | 'PyTorch'
  | 'fastify + tfjs-node'
  | 'FastAPI + Keras'
  | 'ONNX Runtime'
  | 'TF_SessionRun'
  | 'uncached';

/** Which pictures a workload reads: CIFAR-10's PNG files, or the same ones blown up as JPEG files. */
export type PictureKind = 'png32' | 'jpeg224';

export type Network = 'VGG16' | 'ResNet50' | 'MobileNetV2';

/** What all sides do, and what is promised of it. */
export interface Workload {
  /** As the sides' programs call it; with `-bfloat16` at its end, those that can compute in bfloat16. */
  readonly name: string;
  readonly title: string;
  readonly batchSize: number;
  /** Steps of one epoch, and epochs of one measured `fit`. */
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly pictures?: PictureKind;
  /** A network of Keras, with random weights, whose files are made for it. */
  readonly network?: Network;
  /** Of a server that answers over 64 connections, a request a step: how they come to ours; peers take JSON only. */
  readonly served?: Form;
  /** A network of any size, of which curves are drawn. */
  readonly tower?: Tower;
  /** What is told is how steady the process is: pauses of its event loop, of ours at most so many milliseconds, and its memory. */
  readonly stability?: { readonly pause: number | null };
  /** Of one that only moves values: how many of 2^20 bytes a step moves. */
  readonly megabytes?: number;
  /** Least ratio of a peer's time to ours; null where nothing is promised. Of a call: most µs over the bare run. */
  readonly against: Readonly<Partial<Record<Peer, number | null>>>;
}

const CNN = { batchSize: 50, stepsPerEpoch: 150, epochs: 1 };
const JPEGS = { pictures: 'jpeg224', batchSize: 50, stepsPerEpoch: 20, epochs: 1 } as const;
const PNGS = { pictures: 'png32', batchSize: 50, stepsPerEpoch: 200, epochs: 1 } as const;

/** tfjs without native code: it is measured, nothing is promised. */
const TFJS = { 'tfjs wasm': null, 'tfjs cpu': null };

/** 2,000 steps from the first turn's end to the last's. */
const LONG = {
  stepsPerEpoch: 500,
  epochs: 1,
  stability: { pause: 20 },
  against: { 'tfjs-node': null, Keras: null, PyTorch: null },
} as const;

/** By what is typed after `npm run bench --`. */
export const SUITES: Readonly<Record<string, readonly Workload[]>> = {
  cifar: [
    {
      name: 'cnn-memory',
      title: "The chapter's CNN, pictures in memory",
      ...CNN,
      against: { 'tfjs-node': 3, ...TFJS, Keras: 1.4, PyTorch: 1.7 },
    },
    {
      name: 'cnn-memory-bfloat16',
      title: 'The same in mixed bfloat16',
      ...CNN,
      against: { 'tfjs-node': 4.5, Keras: 1.9, 'Keras mixed': 1.9, PyTorch: 1.4 },
    },
    {
      name: 'cnn-folders',
      title: "The chapter's CNN, PNG folders with augmentation",
      pictures: 'png32',
      ...CNN,
      against: { 'tfjs-node': 2.8, Keras: 1.7 },
    },
    {
      name: 'cnn-folders-bfloat16',
      title: 'The same in mixed bfloat16',
      pictures: 'png32',
      ...CNN,
      against: { 'tfjs-node': 3.6, Keras: 2.2 },
    },
  ],
  mnist: [
    {
      name: 'mnist-dense',
      title: 'Dense 784-256-128-10, rmsprop',
      batchSize: 128,
      stepsPerEpoch: 375,
      epochs: 3,
      against: { 'tfjs-node': 5, ...TFJS, Keras: 2.5, PyTorch: 1.4 },
    },
  ],
  images: [
    {
      name: 'augment-32',
      title: 'Decode and augment, PNG 32×32',
      ...PNGS,
      against: { 'tfjs-node': 5, Keras: 6 },
    },
    { name: 'augment-224', title: 'Decode and augment, JPEG 224×224', ...JPEGS, against: { Keras: 1.5 } },
    { name: 'augment-32-cached', title: 'PNG 32×32, `cache: true`', ...PNGS, against: { uncached: 1.3 } },
    { name: 'augment-224-cached', title: 'JPEG 224×224, `cache: true`', ...JPEGS, against: { uncached: 1.3 } },
  ],
  predict: [
    {
      name: 'predict-1',
      title: "The chapter's CNN predicts one picture",
      batchSize: 1,
      stepsPerEpoch: 200,
      epochs: 1,
      against: { 'tfjs-node': 4, ...TFJS, Keras: 20, 'Keras function': 3, PyTorch: 1 },
    },
    {
      name: 'predict-256',
      title: "The chapter's CNN predicts 256 pictures",
      batchSize: 256,
      stepsPerEpoch: 15,
      epochs: 1,
      against: { 'tfjs-node': 1.5, ...TFJS, Keras: 1.1, PyTorch: 1.3 },
    },
  ],
  ...NETWORK_SUITES,
  ...CURVE_SUITES,
  start: [
    {
      name: 'start',
      title: 'A new process, up to its first prediction with the CNN',
      batchSize: 1,
      stepsPerEpoch: 1,
      epochs: 1,
      against: { 'tfjs-node': 1.25, ...TFJS, Keras: 5, PyTorch: 2 },
    },
  ],
  stability: [
    { ...LONG, name: 'cnn-memory', title: 'Fit, batches of 50', batchSize: 50, stepsPerEpoch: 40 },
    { ...LONG, name: 'cnn-memory', title: 'Fit, 500 steps a turn', batchSize: 8 },
    { ...LONG, name: 'predict-1', title: 'Predict, 500 times a turn', batchSize: 1 },
  ],
  serving: (['json', 'bytes'] as const).map((served) => ({
    name: `serve-${served}`,
    title: `The chapter's CNN served, one picture a request, as ${served === 'json' ? 'JSON' : "KServe's bytes"}`,
    served,
    batchSize: 1,
    stepsPerEpoch: 1,
    epochs: 1,
    against: { 'fastify + tfjs-node': 3, 'FastAPI + Keras': 3 },
  })),
  overhead: [
    {
      name: 'trivial-call',
      title: 'A call of a function that adds 1 to a number',
      batchSize: 1,
      stepsPerEpoch: 4000,
      epochs: 1,
      against: { TF_SessionRun: 60 },
    },
  ],
  transport: [
    {
      name: 'transport',
      title: '64 MiB of numbers given and taken back',
      megabytes: 128,
      batchSize: 1,
      stepsPerEpoch: 10,
      epochs: 1,
      against: { 'tfjs-node': null, Keras: null, PyTorch: null },
    },
  ],
};

/** What is measured when nothing is named: the chapter's networks. */
const CHAPTER = ['cifar', 'mnist', 'predict', 'start'];
const ALL = 'all';

/** The workloads of the suites named; of the chapter's when none is, of all for `all`. */
export function workloadsOf(names: readonly string[]): Workload[] {
  const known = Object.keys(SUITES);
  const wanted = names.flatMap((name) => (name === ALL ? known : name));
  return (wanted.length > 0 ? wanted : CHAPTER).flatMap((name) => {
    const suite = Object.hasOwn(SUITES, name) ? SUITES[name] : undefined;
    if (!suite) throw unknownName('benchmark', name, [...known, ALL]);
    return suite;
  });
}

/** The peers of a workload that are asked for; all when none is. */
export function peersOf({ against }: Workload, wanted: readonly string[]): Peer[] {
  const peers = Object.keys(against) as Peer[];
  return wanted.length > 0 ? peers.filter((peer) => wanted.some((name) => isMeant(peer, name))) : peers;
}

/** @throws ERR_UNKNOWN_NAME for a peer that no workload has */
export function checkPeers(wanted: readonly string[]): void {
  const known = [
    ...new Set(Object.values(SUITES).flatMap((suite) => suite.flatMap((one) => Object.keys(one.against)))),
  ];
  for (const name of wanted) {
    if (!known.some((peer) => isMeant(peer, name))) throw unknownName('peer', name, known);
  }
}

function isMeant(peer: string, name: string): boolean {
  return name !== '' && peer.toLowerCase().startsWith(name.toLowerCase());
}
