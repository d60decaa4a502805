import { checkOptions } from '../errors/suggest.js';
import { encode } from '../proto/codec.js';
import { ConfigProtoSchema, RewriterConfig_Toggle } from '../proto/config.js';

/** Settings of the process, taken up by the first session. */
export interface Settings {
  /** Threads inside one op. Default: all cores. */
  intraOpThreads?: number;
  /** Threads across ops; -1 runs ops on the calling thread. Default: all cores. */
  interOpThreads?: number;
  gpu?: {
    /** Take memory as it is needed instead of all at once. Default true. */
    allowGrowth?: boolean;
    /** Share of each GPU's memory, 0 … 1. */
    memoryFraction?: number;
    /** Most memory to take of each GPU that is used, in MiB. Default: what there is. */
    memoryLimit?: number;
    /** As CUDA numbers them, e.g. `'0,1'`; `''` hides all. */
    visibleDevices?: string;
  };
  /**
   * Rewrites that the library makes on a graph before it first runs it, on or off; Python's names in camelCase
   * (`tf.config.optimizer.set_experimental_options`). Default: the library's choice.
   */
  graphOptimizer?: GraphOptimizer;
  /** Seed of every program that is not given one. */
  seed?: number;
  /** What layers compute in that are not told: a dtype, `mixed_bfloat16` or `mixed_float16` (Keras `set_dtype_policy`). Default `float32`. */
  dtypePolicy?: string;
}

const REWRITES = [
  'constantFolding',
  'arithmeticOptimization',
  'layoutOptimizer',
  'remapping',
  'functionOptimization',
  'dependencyOptimization',
  'loopOptimization',
  'shapeOptimization',
  'autoMixedPrecision',
  'autoMixedPrecisionOnednnBfloat16',
] as const;

/** Rewrites by name; `disableMetaOptimizer` leaves them all out. */
export type GraphOptimizer = { readonly [K in (typeof REWRITES)[number]]?: boolean } & {
  readonly disableMetaOptimizer?: boolean;
};

const GPU_SETTINGS = ['allowGrowth', 'memoryFraction', 'memoryLimit', 'visibleDevices'];

const current: Settings = {};

/**
 * Sets up the process before first use; the first session's thread counts hold for the whole process.
 *
 * @example
 * config({ intraOpThreads: 1, seed: 7 });
 */
export function config(options: Settings): void {
  checkOptions('tf.config', options, [
    'intraOpThreads',
    'interOpThreads',
    'gpu',
    'graphOptimizer',
    'seed',
    'dtypePolicy',
  ]);
  checkOptions('tf.config: gpu', options.gpu ?? {}, GPU_SETTINGS);
  checkOptions('tf.config: graphOptimizer', options.graphOptimizer ?? {}, [...REWRITES, 'disableMetaOptimizer']);
  Object.assign(current, options);
}

export function settings(): Readonly<Settings> {
  return current;
}

/** Serialized ConfigProto of the settings. */
export function sessionConfig(): Uint8Array {
  const { intraOpThreads = 0, interOpThreads = 0, gpu = {}, graphOptimizer } = current;
  return encode(ConfigProtoSchema, {
    intraOpParallelismThreads: intraOpThreads,
    interOpParallelismThreads: interOpThreads,
    allowSoftPlacement: true,
    ...(graphOptimizer && { graphOptions: { rewriteOptions: rewriteOptions(graphOptimizer) } }),
    gpuOptions: {
      allowGrowth: gpu.allowGrowth ?? true,
      perProcessGpuMemoryFraction: gpu.memoryFraction ?? 0,
      visibleDeviceList: gpu.visibleDevices ?? '',
      ...(gpu.memoryLimit === undefined ? {} : limited(gpu.memoryLimit, gpu.visibleDevices)),
    },
  });
}

/** A limit is a virtual device on each GPU. */
function limited(memoryLimit: number, visibleDevices: string | undefined) {
  const count = visibleDevices?.split(',').length ?? 1;
  const virtualDevices = Array.from({ length: count }, () => ({ memoryLimitMb: [memoryLimit] }));
  return { experimental: { virtualDevices } };
}

function rewriteOptions({ disableMetaOptimizer = false, ...rewrites }: GraphOptimizer) {
  const { ON, OFF } = RewriterConfig_Toggle;
  const toggles = Object.entries(rewrites).map(([name, on]) => [name, on ? ON : OFF]);
  return { disableMetaOptimizer, ...Object.fromEntries(toggles) };
}
