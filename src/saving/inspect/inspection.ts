import { type DType, dtypeBytes } from '../../core/dtype.js';
import { type Shape, sizeOf } from '../../core/shape.js';
import type { ModelFile } from '../files-of.js';
import type { FileKind } from '../recognise.js';

/** An array in a file. */
export interface InspectedWeight {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** What it is kept as, where that is not its dtype: `uint8`. */
  readonly storedAs?: string;
}

export interface InspectedValue {
  readonly name: string;
  readonly dtype: DType;
  /** Null where even the number of axes is not known. */
  readonly shape: Shape;
}

export interface InspectedLayer {
  readonly name: string;
  readonly className: string;
  /** Of its first call; left out where layers cannot be made here. */
  readonly outputShape?: Shape;
  readonly parameters?: number;
  readonly trainable?: boolean;
}

export interface InspectedModel {
  readonly className: string;
  readonly name: string;
  readonly inputs: readonly InspectedValue[];
  readonly layers: readonly InspectedLayer[];
  /** Why the layers cannot be made here, where that is so. */
  readonly problem?: string;
}

export interface InspectedSignature {
  readonly name: string;
  /** What servers know it by, as `tensorflow/serving/predict`. */
  readonly method: string;
  readonly inputs: readonly InspectedValue[];
  readonly outputs: readonly InspectedValue[];
}

export interface InspectedGraph {
  readonly tags: readonly string[];
  readonly nodes: number;
  /** Bodies of control flow and of Python functions. */
  readonly functions: number;
  /** How often each op is there, the most frequent first. */
  readonly ops: Readonly<Record<string, number>>;
}

/** What its kind has to say of a file. */
export interface Findings {
  /** Programs and their versions: `{ keras: '3.15.1', tensorflow: '2.21.0' }`. */
  readonly writtenBy: Readonly<Record<string, string>>;
  readonly model?: InspectedModel;
  /** What the model was compiled with: optimizer, loss, metrics, as Keras has them. */
  readonly training?: Readonly<Record<string, unknown>>;
  readonly signatures?: readonly InspectedSignature[];
  readonly graphs?: readonly InspectedGraph[];
  readonly weights: readonly InspectedWeight[];
  /** State of the optimizer. */
  readonly optimizerState?: readonly InspectedWeight[];
}

/** What a file or folder is and has: plain data. */
export interface Inspection extends Findings {
  readonly path: string;
  readonly kind: FileKind;
  /** The kind in words. */
  readonly title: string;
  readonly files: readonly ModelFile[];
  /** On disk. */
  readonly bytes: number;
  /** Elements of all weights. */
  readonly parameters: number;
  /** Of all weights in memory. */
  readonly weightBytes: number;
}

/** Elements and bytes of weights. */
export function totalsOf(weights: readonly InspectedWeight[]): Pick<Inspection, 'parameters' | 'weightBytes'> {
  const sizes = weights.map(({ dtype, shape }) => ({ count: sizeOf(shape), each: dtypeBytes(dtype) }));
  return {
    parameters: sizes.reduce((sum, { count }) => sum + count, 0),
    weightBytes: sizes.reduce((sum, { count, each }) => sum + count * each, 0),
  };
}

/** Without entries that are not known. */
export function versions(known: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(known).filter(([, version]) => typeof version === 'string' && version !== '');
  return Object.fromEntries(entries) as Record<string, string>;
}
