import { expect, test } from 'vitest';
import { checkPeers, peersOf, SUITES, type Workload, workloadsOf } from '../../../bench/workloads.js';

const CNN: Workload = {
  name: 'cnn',
  title: 'A network',
  batchSize: 1,
  stepsPerEpoch: 1,
  epochs: 1,
  against: { 'tfjs-node': 3, 'tfjs wasm': null, Keras: 1.4, 'Keras mixed': 1.9 },
};

test('a suite nobody knows suggests the nearest, and whatever stands in a prototype is none', () => {
  expect(() => workloadsOf(['cifra'])).toThrow("Unknown benchmark 'cifra'. Did you mean 'cifar'?");
  expect(() => workloadsOf(['toString'])).toThrow("Unknown benchmark 'toString'");
});

test('a peer nobody knows suggests the nearest', () => {
  expect(() => checkPeers(['PyTroch'])).toThrow("Unknown peer 'PyTroch'. Did you mean 'PyTorch'?");
  expect(() => checkPeers([''])).toThrow("Unknown peer ''");
});

test('the beginning of a name means all peers that begin so, in any case', () => {
  expect(() => checkPeers(['tfjs', 'keras'])).not.toThrow();
  expect(peersOf(CNN, ['TFJS'])).toEqual(['tfjs-node', 'tfjs wasm']);
  expect(peersOf(CNN, ['keras m'])).toEqual(['Keras mixed']);
  expect(peersOf(CNN, ['PyTorch'])).toEqual([]);
});

test('all peers take part when none is named', () => {
  expect(peersOf(CNN, [])).toEqual(Object.keys(CNN.against));
});

test("the chapter's suites are measured when none is named, all for `all`", () => {
  expect(workloadsOf([])).toEqual(workloadsOf(['cifar', 'mnist', 'predict', 'start']));
  expect(workloadsOf(['all'])).toEqual(Object.values(SUITES).flat());
});
