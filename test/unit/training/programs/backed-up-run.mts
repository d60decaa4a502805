/**
 * A run with backups, for the test that kills it: `backed-up-run.mts FOLDER WEIGHTS KILL [saveFreq]`. With KILL = n it kills
 * itself before its n-th step, counted in this process; else it writes its final weights to WEIGHTS.
 */
import { writeFileSync } from 'node:fs';
import { config } from '../../../../src/core/config.js';
import { tensor } from '../../../../src/core/tensor.js';
import * as layers from '../../../../src/layers/index.js';
import { sequential } from '../../../../src/models/sequential.js';
import * as callbacks from '../../../../src/training/callbacks/index.js';

const [folder = '', file = '', kill = '', saveFreq = 'epoch'] = process.argv.slice(2);
config({ seed: 7, intraOpThreads: 1, interOpThreads: 1 });

const n = 24;
const x = tensor(
  Float32Array.from({ length: n * 3 }, (_, i) => Math.sin(i)),
  [n, 3],
);
const y = tensor(
  Float32Array.from({ length: n }, (_, i) => Math.cos(i)),
  [n, 1],
);
const model = sequential();
model.add(layers.dense({ units: 8, activation: 'relu', inputShape: [3] }));
model.add(layers.dropout({ rate: 0.3 }));
model.add(layers.batchNormalization());
model.add(layers.dense({ units: 1 }));
model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });

const weightsOf = async () => (await model.getWeights()).map((w) => Array.from(w.dataSync() as Float32Array));
/** Before the best weights are put back. */
let trained: number[][] = [];
const last = callbacks.lambdaCallback({
  onTrainEnd: async () => {
    trained = await weightsOf();
  },
});
let steps = 0;
const dying = callbacks.lambdaCallback({
  onTrainBatchBegin: () => {
    if (String(steps) === kill) process.kill(process.pid, 'SIGKILL');
    steps += 1;
  },
});
const freq = saveFreq === 'epoch' ? saveFreq : Number(saveFreq);
const history = await model.fit(x, y, {
  epochs: 4,
  batchSize: 5,
  validationSplit: 0.2,
  callbacks: [
    callbacks.learningRateScheduler((_, rate) => rate * 0.8),
    callbacks.reduceLROnPlateau({ monitor: 'loss', patience: 1, minDelta: 0.05, factor: 0.5 }),
    last,
    // Why the greatest: it is that of the first epoch, so that its weights must come through the kill.
    callbacks.earlyStopping({ monitor: 'loss', mode: 'max', patience: 9, restoreBestWeights: true }),
    dying,
    callbacks.backupAndRestore(folder, { saveFreq: freq }),
  ],
});
const state = (await model.program.values(model.optimizer.weights.map(({ variable }) => variable))).map((v) =>
  Array.from(v.dataSync() as Float32Array, String),
);
writeFileSync(file, JSON.stringify({ trained, weights: await weightsOf(), state, history: history.history, steps }));
model.dispose();
