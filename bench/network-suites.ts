import type { Network, Workload } from './workloads.js';

/** Steps of a turn, by the number of pictures in a step: few of what takes seconds. */
const STEPS: Readonly<Record<Network, Readonly<Record<1 | 8 | 32, number>>>> = {
  VGG16: { 1: 15, 8: 1, 32: 1 },
  ResNet50: { 1: 30, 8: 3, 32: 2 },
  MobileNetV2: { 1: 60, 8: 4, 32: 5 },
};
const NETWORKS = Object.keys(STEPS) as Network[];

const PREDICTED: Workload['against'] = { 'tfjs-node': null, Keras: 1, PyTorch: null, 'ONNX Runtime': null };
const TRAINED: Workload['against'] = { 'tfjs-node': null, Keras: null, PyTorch: null };

function predicts(network: Network, batchSize: 1 | 32): Workload {
  return {
    name: `predict-${network}`,
    title: `${network} predicts ${batchSize === 1 ? 'one picture' : `${batchSize} pictures`}`,
    network,
    batchSize,
    stepsPerEpoch: STEPS[network][batchSize],
    epochs: 1,
    against: PREDICTED,
  };
}

function trains(network: Network): Workload {
  return {
    name: `train-${network}`,
    title: `${network} learns, SGD with momentum`,
    network,
    batchSize: 8,
    stepsPerEpoch: STEPS[network][8],
    epochs: 1,
    against: TRAINED,
  };
}

/** Of networks besides the chapter's; by what is typed after `npm run bench --`. */
export const NETWORK_SUITES = {
  applications: ([1, 32] as const).flatMap((batchSize) => NETWORKS.map((network) => predicts(network, batchSize))),
  training: NETWORKS.map(trains),
  transfer: [
    {
      name: 'transfer-features',
      title: 'What MobileNetV2 without its classifier makes of pictures',
      network: 'MobileNetV2',
      batchSize: 32,
      stepsPerEpoch: STEPS.MobileNetV2[32],
      epochs: 1,
      against: TRAINED,
    },
    {
      name: 'transfer-head',
      title: 'A head of 8 classes learns from that, adam',
      batchSize: 32,
      stepsPerEpoch: 60,
      epochs: 5,
      against: TRAINED,
    },
  ],
  sequences: [
    {
      name: 'lstm',
      title: 'Texts of 200 words: embedding, LSTM of 64 units, adam',
      batchSize: 32,
      stepsPerEpoch: 10,
      epochs: 1,
      against: TRAINED,
    },
  ],
  dcgan: [
    {
      name: 'dcgan',
      title: 'DCGAN of 28 × 28, both networks learn',
      batchSize: 64,
      stepsPerEpoch: 20,
      epochs: 1,
      against: TRAINED,
    },
  ],
} satisfies Readonly<Record<string, readonly Workload[]>>;
