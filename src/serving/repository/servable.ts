import { dtypeName } from '../../core/dtype.js';
import { keyOf, type ProgramFunction } from '../../core/function.js';
import { Program } from '../../core/program.js';
import { leavesOf } from '../../core/reachable.js';
import { readMetaGraphs } from '../../core/saved-model-reader.js';
import { isOutput } from '../../core/several.js';
import { type Shape, shapeFromNative } from '../../core/shape.js';
import type { TensorSpec } from '../../core/spec.js';
import { flatten, repack, type Structure } from '../../core/structure.js';
import { Tensor } from '../../core/tensor.js';
import { unknownName } from '../../errors/suggest.js';
import type { MetaGraphDef, TensorInfo } from '../../proto/saved-model.js';
import { loadModel } from '../../saving/load-model.js';
import { modelFunction } from '../../saving/saved-model-functions.js';
import { isSavedModel } from '../../saving/saved-model-load.js';
import { Batcher } from '../batching/batcher.js';
import type { Lane } from '../batching/lane.js';
import { currentRequest } from '../observer.js';
import { effectsOf } from './effects.js';
import { Turns } from './turns.js';

/** An input or output of a signature. */
export interface ServedTensor extends TensorSpec<Shape> {
  /** In the graph, as `dense/Softmax:0`. */
  readonly name: string;
}

export type ServedTensors = Readonly<Record<string, ServedTensor>>;
export type Tensors = Readonly<Record<string, Tensor>>;

/** What can be asked of a model. */
export interface ServedSignature {
  readonly name: string;
  /** What TensorFlow Serving knows it by, e.g. `tensorflow/serving/predict`. */
  readonly method: string;
  readonly inputs: ServedTensors;
  readonly outputs: ServedTensors;
  /** Whether it changes the model, as a training step does; such run one at a time. */
  readonly changes: boolean;
}

export interface ServableOptions {
  /**
   * Whether signatures that change the model, as a SavedModel's `train_step`, can be called, one at a time, and the model
   * saved as a new version (`POST /v1/models/<name>:save`). For people you trust. Default false.
   */
  train?: boolean;
}

/** Where a loaded model stands, and who runs it. */
export interface ServablePlace {
  readonly model: string;
  readonly version: number;
  readonly batcher: Batcher;
}

type Served = readonly [ServedSignature, ProgramFunction];

const PREDICT = 'tensorflow/serving/predict';
/** Names that what a model file predicts goes by, as in a SavedModel of it. */
const NAMES = ['serving_default', 'serve', 'predict'];

/** A loaded model behind its signatures. */
export class Servable {
  readonly signatures: ReadonlyMap<string, ServedSignature>;
  readonly #lanes: ReadonlyMap<string, Lane>;
  readonly #program: Program;
  readonly #changes = new Turns();
  readonly #model: string;
  /** As metrics call it; another after a save under a new number. */
  version: number;
  #uses = 0;
  /** Of a model that is to be freed. */
  #freed: (() => void) | undefined;

  constructor(
    program: Program,
    served: readonly Served[],
    { model, version, batcher }: ServablePlace = { model: '', version: 1, batcher: new Batcher() },
  ) {
    this.#program = program;
    this.#model = model;
    this.version = version;
    this.signatures = new Map(served.map(([signature]) => [signature.name, signature]));
    const laneOf = ([{ name, inputs, outputs, changes }, fn]: Served): Lane =>
      batcher.lane({
        target: () => ({ model, version: this.version, signature: name }),
        inputs,
        outputs,
        exclusive: changes,
        run: (given) => (changes ? this.#changes.take(() => call(fn, given)) : call(fn, given)),
      });
    this.#lanes = new Map(served.map((one) => [one[0].name, laneOf(one)]));
  }

  /**
   * One run, shared with other requests where the signature has rows.
   *
   * @param signal gives the request up, with its reason: nobody waits any more, or it is too late
   * @throws ERR_SHAPE, ERR_DTYPE, ERR_ARGUMENT for inputs that are not the signature's; TF_RESOURCE_EXHAUSTED where too
   * many wait; TF_… of the run
   */
  async run(name: string, inputs: Tensors, signal?: AbortSignal): Promise<Tensors> {
    const lane = this.#lanes.get(name);
    if (lane) return lane.submit(inputs, signal);
    throw unknownName('signature', name, [...this.#lanes.keys()]);
  }

  /** A run of nobody's request, beside the queue. */
  async warm(name: string, inputs: Tensors): Promise<Tensors> {
    const lane = this.#lanes.get(name);
    if (lane) return lane.warm(inputs);
    throw unknownName('signature', name, [...this.#lanes.keys()]);
  }

  /** Writes the model as it is between two training steps, as a SavedModel. */
  save(folder: string): Promise<void> {
    return this.#changes.take(() => this.#program.save(folder));
  }

  /** Keeps the model until the work is done, however many runs that takes. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    const request = currentRequest();
    if (request) request.target ??= { model: this.#model, version: this.version, signature: '' };
    this.#uses++;
    try {
      return await work();
    } finally {
      this.#uses--;
      if (this.#freed) this.dispose();
    }
  }

  /**
   * Frees the model once nobody uses it.
   *
   * @param freed told when that has happened
   */
  dispose(freed = (): void => {}): void {
    this.#freed ??= freed;
    if (this.#uses > 0) return;
    this.#program.dispose();
    this.#freed();
  }
}

async function call(fn: ProgramFunction, inputs: Tensors): Promise<Tensors> {
  const given = leavesOf(fn.inputs).map(([path]) => inputs[keyOf(path, 'input')]);
  const results = await fn(repack(fn.inputs, isOutput, given) as Record<string, Tensor>);
  return Object.fromEntries(leavesOfResults(results).map(([path, tensor]) => [keyOf(path, 'output'), tensor]));
}

function leavesOfResults(results: Structure<Tensor>): [string, Tensor][] {
  return flatten(results, (value): value is Tensor => value instanceof Tensor);
}

/**
 * A SavedModel's folder, whoever wrote it, or a model file. Signatures that change the model (training steps) are left
 * out unless `train` lets them in.
 *
 * @throws what `Program.load` and `loadModel` throw
 */
export async function loadServable(
  path: string,
  { train = false }: ServableOptions = {},
  place?: ServablePlace,
): Promise<Servable> {
  return (await isSavedModel(path)) ? servableOfSavedModel(path, train, place) : servableOfModel(path, place);
}

async function servableOfSavedModel(folder: string, train: boolean, place?: ServablePlace): Promise<Servable> {
  const meta = (await readMetaGraphs(folder)).find(({ metaInfoDef }) => metaInfoDef?.tags.includes('serve'));
  const program = await Program.load(folder);
  return new Servable(program, meta ? signaturesOf(meta, program, train) : [], place);
}

function signaturesOf(meta: MetaGraphDef, { functions }: Program, train: boolean): Served[] {
  return Object.entries(meta.signatureDef).flatMap(([name, signature]) => {
    const fn = functions[name];
    const { variables, files } = effectsOf(meta, signature);
    if (!fn || files || (variables && !train)) return [];
    const [inputs, outputs] = [servedTensors(signature.inputs), servedTensors(signature.outputs)];
    return [[{ name, method: signature.methodName || PREDICT, inputs, outputs, changes: variables }, fn] as const];
  });
}

function servedTensors(infos: { [key: string]: TensorInfo }): ServedTensors {
  const entries = Object.entries(infos).map(([key, { dtype, tensorShape, encoding }]) => {
    const known = tensorShape && !tensorShape.unknownRank;
    const shape = known ? shapeFromNative(tensorShape.dim.map(({ size }) => Number(size))) : null;
    return [key, { name: String(encoding.value), dtype: dtypeName(dtype), shape }] as const;
  });
  return sorted(entries);
}

async function servableOfModel(path: string, place?: ServablePlace): Promise<Servable> {
  const model = await loadModel(path);
  const fn = modelFunction(model, 'predict') as ProgramFunction;
  const described = (kind: 'input' | 'output'): ServedTensors =>
    sorted(
      leavesOf(fn[`${kind}s`]).map(([path, { name, dtype, shape }]) => [keyOf(path, kind), { name, dtype, shape }]),
    );
  const [inputs, outputs] = [described('input'), described('output')];
  return new Servable(
    model.program,
    NAMES.map((name) => [{ name, method: PREDICT, inputs, outputs, changes: false }, fn]),
    place,
  );
}

/** By name, as TensorFlow Serving lists them. */
function sorted(entries: readonly (readonly [string, ServedTensor])[]): ServedTensors {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
