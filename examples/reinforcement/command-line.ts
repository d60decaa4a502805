import { join } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import * as tf from 'libtensorflow-node';
import type { Agent } from './agent.js';
import { writeEpisode } from './episode-picture.js';
import { episodeOf, returnsOf } from './policy.js';
import { loadPolicy, savePolicy } from './saved-policy.js';
import { type Progress, type Training, testSeed, train } from './train.js';

/** What every learner's command takes. */
const OPTIONS = {
  seed: { type: 'string', default: '1' },
  seeds: { type: 'string', default: '1' },
  out: { type: 'string' },
  minutes: { type: 'string', default: '10' },
  rounds: { type: 'string', default: 'Infinity' },
  episodes: { type: 'string', default: '100' },
  measure: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

interface Settings {
  readonly out: string;
  readonly minutes: number;
  readonly rounds: number;
  /** Of every evaluation. */
  readonly episodes: number;
}

/** A learner for a seed, with its own switches. */
type MakeAgent = (seed: number, switches: Readonly<Record<string, boolean>>) => Agent;

/** The command of a learner: trains it from one or more seeds; keeps curves, and of the first seed policy and episode. */
export async function main(name: string, switches: readonly string[], make: MakeAgent): Promise<void> {
  const own = Object.fromEntries(switches.map((word) => [word, { type: 'boolean', default: false } as const]));
  const { values } = parseArgs({ options: { ...own, ...OPTIONS } });
  // Why: ops of networks this small run fastest on the calling thread.
  tf.config({ intraOpThreads: 1, interOpThreads: -1 });
  const given: Readonly<Record<string, unknown>> = values;
  const on = Object.fromEntries(switches.map((word) => [word, given[word] === true]));
  const first = Number(values.seed);
  if (values.measure) return await measure(make(first, on));
  const settings: Settings = {
    out: values.out ?? join('out', name),
    minutes: Number(values.minutes),
    rounds: Number(values.rounds),
    episodes: Number(values.episodes),
  };
  const trainings = new Map<number, Training>();
  for (let seed = first; seed < first + Number(values.seeds); seed++) {
    const agent = make(seed, on);
    trainings.set(seed, await train(agent, { ...settings, seed, onProgress: (progress) => report(seed, progress) }));
    if (seed === first) await keep(agent, seed, settings);
    agent.program.dispose();
  }
  await summarize(trainings, settings);
}

function report(seed: number, { steps, seconds, trainingReturn, greedyReturn }: Progress): void {
  const training = Number.isNaN(trainingReturn) ? 'no episode ended' : `training ${trainingReturn.toFixed(1)}`;
  const line = [`seed ${seed}`, `${steps} steps`, `${seconds.toFixed(1)} s`, training];
  console.log([...line, `greedy ${greedyReturn.toFixed(1)}`].join('  '));
}

/** Of one agent: its policy as a SavedModel, what that gains when it is loaded again, and an episode of it. */
async function keep(agent: Agent, seed: number, { out, episodes }: Settings): Promise<void> {
  const folder = join(out, 'policy');
  await savePolicy(agent.program, folder);
  const again = await loadPolicy(folder);
  const test = { episodes, seed: testSeed(seed) };
  const same = String(await returnsOf(again, test)) === String(await returnsOf(agent.policy, test));
  console.log(
    `The policy is in ${folder}; loaded again it gains ${same ? 'the same' : 'something else'} in ${episodes} episodes.`,
  );
  const file = join(out, 'episode.svg');
  await writeEpisode(file, await episodeOf(again, testSeed(seed)));
  console.log(`An episode is in ${file}.`);
}

async function summarize(trainings: ReadonlyMap<number, Training>, { out }: Settings): Promise<void> {
  const rows = [...trainings].map(([seed, { solved, seconds, episodes, steps, greedyReturn }]) => ({
    seed,
    solved,
    seconds: Number(seconds.toFixed(1)),
    episodes,
    steps,
    'greedy return': greedyReturn,
  }));
  console.table(rows);
  const file = join(out, 'curve.png');
  await tf.plots.lines(curvesOf(trainings), { file, xTitle: 'steps', yTitle: 'return' });
  console.log(`The learning curve is in ${file}.`);
}

/** Of one seed training and greedy policy, of several the greedy policies. */
function curvesOf(trainings: ReadonlyMap<number, Training>): Record<string, tf.plots.Line> {
  const line = (curve: readonly Progress[], of: 'greedyReturn' | 'trainingReturn'): tf.plots.Line => ({
    x: curve.map(({ steps }) => steps),
    y: curve.map((progress) => progress[of]),
  });
  const [only] = trainings.values();
  if (only && trainings.size === 1) {
    return { 'greedy policy': line(only.curve, 'greedyReturn'), training: line(only.curve, 'trainingReturn') };
  }
  return Object.fromEntries([...trainings].map(([seed, { curve }]) => [`seed ${seed}`, line(curve, 'greedyReturn')]));
}

/** Times of single updates. */
async function measure(agent: Agent, updates = 2000): Promise<void> {
  await agent.learn();
  const times: number[] = [];
  for (let i = 0; i < updates; i++) {
    const start = performance.now();
    await agent.update();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(share * updates)] ?? 0).toFixed(3);
  console.log(
    `One update: median ${at(0.5)} ms, 10 % below ${at(0.1)} ms, 90 % below ${at(0.9)} ms (${updates} updates).`,
  );
}
