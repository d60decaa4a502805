import { join } from 'node:path';
import { fastapiPython } from './peers/fastapi.js';
import { kerasPython } from './peers/keras.js';
import { onnxRuntimeCommand } from './peers/onnx-runtime.js';
import { sessionRunCommand } from './peers/session-run.js';
import { tfjsFolder } from './peers/tfjs.js';
import { tfjsNodeFolder } from './peers/tfjs-node.js';
import { torchPython } from './peers/torch.js';
import { FOLDER, program } from './programs.js';
import type { Form } from './serving/served-files.js';
import type { Command } from './side.js';
import type { Peer, Workload } from './workloads.js';

/** A workload with what it reads and leaves. */
export interface Task {
  readonly workload: Workload;
  /** A folder of pictures, a sub-folder for each class; of a network: the file of its weights; of a server: its models. */
  readonly files: string;
  /** Where our side leaves the graph that the other one runs too. */
  readonly graph: string;
}

/** Our side's program. */
export function oursCommand(task: Task): Command {
  if (isStart(task)) return sideOf(task, { file: process.execPath, args: [join(FOLDER, 'start.mjs')] });
  const { served } = task.workload;
  if (served) return loadCommand(task, served, program('serving/our-server', served, join(task.files, 'savedmodel')));
  return program('ours/side', ...argsOf(task));
}

/**
 * The other sides' programs.
 *
 * @throws an Error of one sentence for one that cannot be had
 */
export const PEERS: Readonly<Record<Peer, (task: Task) => Promise<Command>>> = {
  Keras: (task) => kerasCommand(plain(task)),
  'Keras mixed': kerasCommand,
  'Keras function': (task) => kerasCommand(renamed(task, (name) => `${name}-function`)),
  'tfjs-node': async (task) => tfjsCommand(task, await tfjsNodeFolder(console.log), 'tensorflow'),
  'tfjs wasm': async (task) => tfjsCommand(task, await tfjsFolder(console.log), 'wasm'),
  'tfjs cpu': async (task) => tfjsCommand(task, await tfjsFolder(console.log), 'cpu'),
  PyTorch: async (task) => pythonCommand(task, await torchPython(console.log), 'torch_side.py'),
  'fastify + tfjs-node': async (task) => {
    const model = join(task.files, 'tfjs', 'model.json');
    const args = [join(FOLDER, 'peers/tfjs_server.mjs'), await tfjsNodeFolder(console.log), model];
    return loadCommand(task, 'json', { file: process.execPath, args });
  },
  'FastAPI + Keras': async (task) => {
    const args = [join(FOLDER, 'peers/fastapi_server.py'), join(task.files, 'model.keras')];
    return loadCommand(task, 'json', { file: await fastapiPython(console.log), args });
  },
  'ONNX Runtime': ({ workload: { network = 'VGG16', batchSize, stepsPerEpoch }, files }) =>
    onnxRuntimeCommand({ network, weights: files, batchSize, times: stepsPerEpoch }, console.log),
  uncached: async (task) => oursCommand(renamed(task, (name) => name.replace('-cached', ''))),
  TF_SessionRun: ({ workload: { stepsPerEpoch, epochs }, graph }) => sessionRunCommand(graph, stepsPerEpoch * epochs),
};

async function kerasCommand(task: Task): Promise<Command> {
  return pythonCommand(task, await kerasPython(console.log), 'keras_side.py');
}

function pythonCommand(task: Task, python: string, side: string): Command {
  return sideOf(task, { file: python, args: [join(FOLDER, 'peers/python', side), ...argsOf(task)] });
}

/** @param backend which of tfjs' computes */
function tfjsCommand(task: Task, folder: string, backend: string): Command {
  const args = [join(FOLDER, 'peers/tfjs/side.mjs'), folder, backend, ...argsOf(plain(task))];
  return sideOf(task, { file: process.execPath, args });
}

/** A server with the load that is put on it. */
function loadCommand({ workload, files }: Task, form: Form, { file, args }: Command): Command {
  const own = [form, String(workload.stepsPerEpoch), join(files, 'answer.json')];
  return program('serving/load-side', ...own, file, ...args);
}

/** A side that is started anew for every turn, where that is what is measured. */
function sideOf(task: Task, { file, args }: Command): Command {
  if (!isStart(task)) return { file, args };
  return { file: process.execPath, args: [join(FOLDER, 'started-side.mjs'), file, ...args] };
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

function argsOf({ workload: { name, batchSize, stepsPerEpoch, epochs }, files, graph }: Task): string[] {
  return [name, batchSize, stepsPerEpoch, epochs, files, graph].map(String);
}
