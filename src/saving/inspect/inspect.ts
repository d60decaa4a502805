import { filesOf } from '../files-of.js';
import { type FileKind, recognise } from '../recognise.js';
import { inspectCheckpoint, inspectNpz, inspectSafetensors } from './arrays.js';
import { inspectFrozenGraph, inspectGraphModel, inspectTfjs } from './graphs.js';
import { type Findings, type Inspection, totalsOf } from './inspection.js';
import { inspectH5, inspectKeras, inspectWeightsH5 } from './keras-files.js';
import { inspectSavedModel } from './saved-models.js';

const INSPECTORS: Readonly<Record<FileKind, (path: string) => Promise<Findings>>> = {
  'saved-model': inspectSavedModel,
  keras: inspectKeras,
  h5: inspectH5,
  'h5-weights': inspectH5,
  'weights.h5': inspectWeightsH5,
  tfjs: inspectTfjs,
  'tfjs-graph': inspectGraphModel,
  'frozen-graph': inspectFrozenGraph,
  npz: inspectNpz,
  safetensors: inspectSafetensors,
  checkpoint: inspectCheckpoint,
};

/**
 * What a file or folder of a model or of weights is and has, as plain data: kind, who wrote it, layers, signatures, graphs,
 * weights with dtypes and shapes, what it was compiled with, sizes. It is recognised by its content. Values of weights are
 * not read, and layers that are not known here are no hindrance.
 *
 * @throws ERR_NOT_READABLE, ERR_FILE_FORMAT
 * @example
 * const { kind, writtenBy, parameters } = await inspect('cifar_model.h5');   // 'h5', { keras: '2.15.0', … }, 1182248
 */
export async function inspect(path: string): Promise<Inspection> {
  const { kind, title, path: at } = await recognise(path);
  const findings = await INSPECTORS[kind](at);
  const files = await filesOf({ kind, path: at });
  return {
    path,
    kind,
    title,
    files,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    ...totalsOf(findings.weights),
    ...findings,
  };
}
