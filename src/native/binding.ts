/**
 * The one hand-written description of the C++ addon. Everything here is flat: numbers, strings, buffers.
 * Operations of a graph are small integers (`OpId`, valid as long as the graph), shapes use -1 for an unknown
 * dimension and `null` for an unknown rank. Names, defaults and checks live above, in `src/core`.
 *
 * Every error thrown (or promise rejected) by the addon is an `Error` whose `code` is `TF_<STATUS>`
 * (`TF_INVALID_ARGUMENT`, `TF_OUT_OF_RANGE` …), or `ERR_DISPOSED`, `ERR_ARGUMENT`, `ERR_LIBRARY` for the addon's own.
 */

/** Index of an operation in its graph. */
export type OpId = number;
/** One output of an operation: its id and the output's index. */
export type OutputRef = readonly [op: OpId, index: number];

/** The kinds of attribute a TensorFlow operation can have; lists are `list(<kind>)`. A `list(func)` is given as `proto`. */
export type ScalarAttrKind = 'string' | 'int' | 'float' | 'bool' | 'type' | 'shape' | 'tensor' | 'func';
export type AttrKind = ScalarAttrKind | `list(${ScalarAttrKind})`;

/**
 * string → string or bytes · int → number or bigint · float → number · bool → boolean · type → TF_DataType number ·
 * shape → number[] or null · tensor → NativeTensor · func → function name (string) · lists → arrays of these.
 */
export type AttrScalar = string | number | bigint | boolean | Uint8Array | readonly number[] | NativeTensor | null;
export type AttrValue = AttrScalar | readonly AttrScalar[];
/** `proto` takes a serialized `AttrValue` message for what the kinds cannot say (a func with attributes). */
export type AttrEntry = readonly [name: string, kind: AttrKind | 'proto', value: AttrValue];

/** One operation, described in one call. */
export interface OpDescription {
  type: string;
  name: string;
  /** A single input is one reference, a list input an array of references (possibly empty). */
  inputs: readonly (OutputRef | readonly OutputRef[])[];
  controls: readonly OpId[];
  attrs: readonly AttrEntry[];
  device?: string;
}

export interface NativeTensor {
  /** TF_DataType number. */
  readonly dtype: number;
  readonly shape: number[];
  /** Bytes of the data; for strings, of the string table. */
  readonly byteLength: number;
  readonly disposed: boolean;
  /** The tensor's memory: an external ArrayBuffer where the runtime allows it, else a copy (decided once per environment). Not for strings. */
  buffer(): ArrayBuffer;
  /** The elements of a string tensor, in row-major order. */
  strings(): Uint8Array[];
  /** The same memory under another shape of as many elements (TF_TensorBitcastFrom). */
  reshape(shape: readonly number[]): NativeTensor;
  /** Idempotent. Buffers handed out before stay valid: they hold their own reference on the memory. */
  dispose(): void;
}

export interface ImportOptions {
  prefix?: string;
  /** Replaces inputs of the imported graph, by tensor name `op:index`, with outputs of this graph. */
  inputMap?: readonly (readonly [srcName: string, srcIndex: number, dst: OutputRef])[];
  returnOutputs?: readonly (readonly [name: string, index: number])[];
  controlDependencies?: readonly OpId[];
  uniquifyNames?: boolean;
}

export interface NativeGraph {
  readonly disposed: boolean;
  addOperation(description: OpDescription): OpId;
  /** All operations known so far are 0 … count − 1. Operations added by the library itself (gradients, imports) get ids in graph order. */
  operationCount(): number;
  /** -1 when there is none of that name. */
  findOperation(name: string): OpId;
  opName(op: OpId): string;
  opType(op: OpId): string;
  opDevice(op: OpId): string;
  /** All data inputs, list inputs flattened. */
  opInputs(op: OpId): OutputRef[];
  opControlInputs(op: OpId): OpId[];
  opNumOutputs(op: OpId): number;
  /** Length of a named list input or output of the op. */
  opInputListLength(op: OpId, argName: string): number;
  opOutputListLength(op: OpId, argName: string): number;
  /** Serialized AttrValue message. Throws TF_INVALID_ARGUMENT when the op has no such attribute. */
  opAttr(op: OpId, name: string): Uint8Array;
  /** Serialized NodeDef message. */
  opNodeDef(op: OpId): Uint8Array;
  outputType(op: OpId, index: number): number;
  outputShape(op: OpId, index: number): number[] | null;
  setOutputShape(op: OpId, index: number, shape: readonly number[]): void;
  consumers(op: OpId, index: number): OutputRef[];
  toGraphDef(): Uint8Array;
  importGraphDef(bytes: Uint8Array, options: ImportOptions): OutputRef[];
  /**
   * TF_AddGradientsWithPrefix: one entry per x, null where the gradient does not exist. `dys` null: ones.
   * Throws TF_INVALID_ARGUMENT for an x that no y reaches, TF_NOT_FOUND for an op without a gradient in the library.
   */
  addGradients(
    prefix: string,
    ys: readonly OutputRef[],
    xs: readonly OutputRef[],
    dys: readonly OutputRef[] | null,
  ): (OutputRef | null)[];
  /** TF_GraphToFunction over this (body) graph; `body` null: all operations. Control outputs run whenever the function runs. */
  toFunction(
    name: string,
    body: readonly OpId[] | null,
    inputs: readonly OutputRef[],
    outputs: readonly OutputRef[],
    outputNames: readonly string[] | null,
    controlOutputs: readonly OpId[],
    appendHash: boolean,
  ): NativeFunction;
  copyFunction(fn: NativeFunction, gradient?: NativeFunction): void;
  functions(): NativeFunction[];
  dispose(): void;
}

export interface NativeFunction {
  readonly name: string;
  /** Serialized FunctionDef message. */
  toFunctionDef(): Uint8Array;
  setAttr(name: string, attrValueProto: Uint8Array): void;
}

/** A run that was started: its promise, what it has done so far, and the way to end it between two steps. */
export interface NativeLoop {
  /**
   * Settles when all steps ran, `stop()` was called, a step failed, or a step ended with OUT_OF_RANGE (`ended: true`).
   * `outputs` are the fetches of the last completed step (empty when there was none).
   */
  readonly done: Promise<{ steps: number; ended: boolean; stopped: boolean; outputs: NativeTensor[] }>;
  /** Steps completed so far. */
  steps(): number;
  stop(): void;
}

/** Feeds, fetches and targets resolved once. Runs never touch libuv's pool. */
export interface NativeCallable {
  /** One TF_SessionRun on a thread of the addon. `runOptions` is a serialized RunOptions. */
  run(feeds: readonly NativeTensor[], runOptions?: Uint8Array): Promise<NativeTensor[]>;
  /** The same on the calling thread: for helpers of a few microseconds only. */
  runSync(feeds: readonly NativeTensor[]): NativeTensor[];
  /** `steps` SessionRuns in one native job, with a stop flag between them. */
  runMany(feeds: readonly NativeTensor[], steps: number): NativeLoop;
  /** As `run`, with RunOptions; also gives the serialized RunMetadata. */
  runTraced(
    feeds: readonly NativeTensor[],
    runOptions: Uint8Array,
  ): Promise<{ outputs: NativeTensor[]; metadata: Uint8Array }>;
}

export interface DeviceInfo {
  name: string;
  type: string;
  /** Bytes; -1 where the device does not tell. */
  memory: number;
}

export interface NativeSession {
  readonly disposed: boolean;
  callable(feeds: readonly OutputRef[], fetches: readonly OutputRef[], targets: readonly OpId[]): NativeCallable;
  devices(): DeviceInfo[];
  /** Waits for the runs in flight (stopping loops between steps), then closes. */
  close(): Promise<void>;
  /** Cancels what can be cancelled, and closes: runs in flight end with TF_CANCELLED where they can. */
  abort(): Promise<void>;
  /** Idempotent; as `close`, without waiting on the JavaScript thread. */
  dispose(): void;
}

export interface LoadedSavedModel {
  graph: NativeGraph;
  session: NativeSession;
  /** Serialized MetaGraphDef. */
  metaGraph: Uint8Array;
}

/** What the compiled addon exports. `load` comes first; everything else throws ERR_LIBRARY before it. */
export interface Addon {
  /** dlopen with RTLD_LAZY | RTLD_LOCAL, in order, and fill the function table. Idempotent; safe from several worker threads. `nativeLibraries` last is the one with the C API; `errorClass` is what errors of this thread are made with. */
  load(nativeLibraries: readonly string[], errorClass?: new (code: string, message: string) => Error): void;
  version(): string;
  /** Serialized OpList of all registered ops. */
  opList(): Uint8Array;
  /** Serialized OpDef of one op; undefined when the library has none of that name. */
  opDefinition(type: string): Uint8Array | undefined;
  /** Serialized KernelList. */
  kernelList(): Uint8Array;
  /** Copies the bytes into library memory. `data` holds exactly the elements of `shape`. */
  tensor(dtype: number, shape: readonly number[], data: ArrayBufferView): NativeTensor;
  stringTensor(shape: readonly number[], values: readonly (string | Uint8Array)[]): NativeTensor;
  /** Uninitialised library memory, to be filled through `buffer()` where that is external (see `externalBuffers`). */
  allocate(dtype: number, shape: readonly number[]): NativeTensor;
  /** Whether `buffer()` shares memory in this environment. */
  externalBuffers(): boolean;
  graph(): NativeGraph;
  /** `config` is a serialized ConfigProto. */
  session(graph: NativeGraph, config?: Uint8Array, target?: string): NativeSession;
  loadSavedModel(directory: string, tags: readonly string[], config?: Uint8Array): Promise<LoadedSavedModel>;
  /** Live native objects of this environment, for leak tests. */
  counters(): { tensors: number; graphs: number; sessions: number; running: number };
  /** Load a library of custom ops and kernels; gives the serialized OpList it added. */
  loadLibrary(path: string): Uint8Array;
}
