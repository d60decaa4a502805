/**
 * Our side and the peer's side of the published figures, measured by turns on one machine.
 *
 * npm run bench -- cifar            one suite; none named: all
 * npm run bench -- cifar --rounds 9
 * npm run bench -- applications     one picture through whole networks, beside ONNX Runtime
 * npm run bench -- serving          requests/s of servers
 * npm run bench -- mnist --try      a few steps, nothing is kept: does everything run?
 * npm run bench -- cifar --against tfjs
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/errors/errors.js';
import * as tf from '../src/index.js';
import { compare } from './compare.js';
import { machine } from './machine.js';
import { fastapiPython } from './peers/fastapi.js';
import { kerasPython } from './peers/keras.js';
import { writeWeights } from './peers/networks.js';
import { onnxRuntimeCommand } from './peers/onnx-runtime.js';
import { sessionRunCommand } from './peers/session-run.js';
import { tfjsFolder } from './peers/tfjs-node.js';
import { torchPython } from './peers/torch.js';
import { pictureFolder } from './pictures.js';
import { markdown, type Report, writeReport } from './report.js';
import { type Form, writeServed } from './serving/served-files.js';
import type { Command } from './side.js';
import { checkPeers, type Peer, peersOf, type Workload, workloadsOf } from './workloads.js';

const FOLDER = import.meta.dirname;
const DATA = 'data/cifar_10_images';

interface Task {
  readonly workload: Workload;
  /** A folder of pictures, a sub-folder for each class; of a network: the file of its weights; of a server: its models. */
  readonly pictures: string;
  /** Where our side leaves the graph that the other one runs too. */
  readonly graph: string;
}

/** The other sides' programs. One that cannot be had is a gap in the table, not an error. */
const PEERS: Readonly<Record<Peer, (task: Task) => Promise<Command>>> = {
  Keras: (task) => kerasCommand(plain(task)),
  'Keras mixed': kerasCommand,
  'Keras function': (task) => kerasCommand(renamed(task, (name) => `${name}-function`)),
  'tfjs-node': async (task) => {
    const folder = await tfjsFolder(console.log);
    return sideOf(task, {
      file: process.execPath,
      args: [join(FOLDER, 'peers/tfjs/side.mjs'), folder, ...argsOf(plain(task))],
    });
  },
  PyTorch: async (task) =>
    sideOf(task, {
      file: await torchPython(console.log),
      args: [join(FOLDER, 'peers/python/torch_side.py'), ...argsOf(task)],
    }),
  'fastify + tfjs-node': async (task) => {
    const model = join(task.pictures, 'tfjs', 'model.json');
    const args = [join(FOLDER, 'peers/tfjs_server.mjs'), await tfjsFolder(console.log), model];
    return loadCommand(task, 'json', { file: process.execPath, args });
  },
  'FastAPI + Keras': async (task) => {
    const args = [join(FOLDER, 'peers/fastapi_server.py'), join(task.pictures, 'model.keras')];
    return loadCommand(task, 'json', { file: await fastapiPython(console.log), args });
  },
  'ONNX Runtime': ({ workload: { network = 'VGG16', stepsPerEpoch }, pictures }) =>
    onnxRuntimeCommand(network, pictures, stepsPerEpoch, console.log),
  uncached: async (task) => oursCommand(renamed(task, (name) => name.replace('-cached', ''))),
  TF_SessionRun: ({ workload: { stepsPerEpoch, epochs }, graph }) => sessionRunCommand(graph, stepsPerEpoch * epochs),
};

try {
  await main();
} catch (error) {
  console.error(error instanceof tf.TensorFlowError ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      try: { type: 'boolean', default: false },
      data: { type: 'string', default: DATA },
      against: { type: 'string', multiple: true, default: [] },
    },
  });
  checkPeers(values.against);
  const rounds = values.try ? 2 : Number(values.rounds);
  const workloads = workloadsOf(positionals).map((w) => (values.try ? { ...w, stepsPerEpoch: 4, epochs: 1 } : w));
  const report = await measureAll(workloads, values.data, rounds, values.against);
  console.log(`\n${markdown(report)}`);
  if (!values.try) await writeReport(FOLDER, report);
}

async function measureAll(
  workloads: readonly Workload[],
  data: string,
  rounds: number,
  wanted: readonly string[],
): Promise<Report> {
  const gaps: Partial<Record<Peer, string>> = {};
  const start = { date: new Date().toISOString(), rounds, machine: machine() };
  const results = [];
  const scratch = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    for (const workload of workloads) {
      console.log(`${workload.title} …`);
      const task = { workload, pictures: await filesOf(workload, data, scratch), graph: join(scratch, 'graph.pb') };
      const rivals = [];
      for (const peer of peersOf(workload, wanted)) {
        try {
          rivals.push({ peer, command: await PEERS[peer](task) });
        } catch (error) {
          gaps[peer] = messageOf(error);
        }
      }
      const commands = { ours: oursCommand(task), rivals };
      results.push({ workload, ...(await compare(workload, commands, { rounds, log: console.log })) });
    }
  } finally {
    await rm(scratch, { recursive: true });
  }
  return { ...start, gaps, results };
}

/** What a workload reads. */
async function filesOf({ pictures, network, served }: Workload, data: string, scratch: string): Promise<string> {
  if (served) return writeServed(scratch);
  if (network) return writeWeights(network, scratch, console.log);
  return pictures ? pictureFolder(pictures, data, scratch) : data;
}

async function kerasCommand(task: Task): Promise<Command> {
  return sideOf(task, {
    file: await kerasPython(console.log),
    args: [join(FOLDER, 'peers/python/keras_side.py'), ...argsOf(task)],
  });
}

function oursCommand(task: Task): Command {
  if (isStart(task)) return sideOf(task, { file: process.execPath, args: [join(FOLDER, 'start.mjs')] });
  const { served } = task.workload;
  if (served) {
    const args = ['--import', 'tsx', join(FOLDER, 'serving/our-server.ts'), served, join(task.pictures, 'savedmodel')];
    return loadCommand(task, served, { file: process.execPath, args });
  }
  return { file: process.execPath, args: ['--import', 'tsx', join(FOLDER, 'ours/side.ts'), ...argsOf(task)] };
}

/** A server with the load that is put on it. */
function loadCommand({ workload, pictures }: Task, form: Form, { file, args }: Command): Command {
  const own = [form, String(workload.stepsPerEpoch), join(pictures, 'answer.json')];
  return {
    file: process.execPath,
    args: ['--import', 'tsx', join(FOLDER, 'serving/load-side.ts'), ...own, file, ...args],
  };
}

/** A side that is started anew for every turn, where that is what is measured. */
function sideOf(task: Task, command: Command): Command {
  if (!isStart(task)) return command;
  return { file: process.execPath, args: [join(FOLDER, 'started-side.mjs'), command.file, ...command.args] };
}

function isStart({ workload }: Task): boolean {
  return workload.name === 'start';
}

function plain(task: Task): Task {
  return renamed(task, (name) => name.replace('-bfloat16', ''));
}

function renamed(task: Task, change: (name: string) => string): Task {
  return { ...task, workload: { ...task.workload, name: change(task.workload.name) } };
}

function argsOf({ workload: { name, batchSize, stepsPerEpoch, epochs }, pictures, graph }: Task): string[] {
  return [name, batchSize, stepsPerEpoch, epochs, pictures, graph].map(String);
}
