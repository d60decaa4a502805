/**
 * Asks the library for its own gradients of ops. A program of its own, since some ops end the process.
 *
 *     tsx tools/gradients/probe.ts <op> …
 *
 * Writes an op's name before the question, and after it a blank and the answer: yes, no, or why there is none.
 */
import { writeSync } from 'node:fs';
import { dtypeName, isComplex, isFloating } from '../../src/core/dtype.js';
import type { Output } from '../../src/core/output.js';
import { Program } from '../../src/core/program.js';
import { messageOf } from '../../src/errors/errors.js';
import * as ops from '../../src/ops/index.js';
import { opSignature } from '../../src/ops/op-list.js';
import { type Argument, type Attribute, isList, type Signature } from '../../src/ops/signature.js';

/** In this order: TF_DataType numbers of float32, float64, complex64, int32. */
const PREFERRED = [1, 2, 8, 3];

/** Its gradient op is given an integer among floats, which is refused. */
const BROKEN: ReadonlySet<string> = new Set(['QuantizeAndDequantizeV4']);

/** Required attributes where the least of a kind will not do. */
const ATTRIBUTES: Readonly<Record<string, object>> = {
  AudioSpectrogram: { windowSize: 4 },
  Einsum: { equation: 'ab,bc->ac' },
  ParallelConcat: { shape: [2, 1] },
  RaggedTensorToTensor: { rowPartitionTypes: ['ROW_SPLITS', 'ROW_SPLITS'] },
};

/** Shapes of inputs where an unknown one will not do; the others' are unknown. */
const SHAPES: Readonly<Record<string, readonly (number[] | null)[]>> = {
  ApproxTopK: [[2, 8]],
  BatchToSpaceND: [null, [2], [2, 2]],
  SpaceToBatchND: [null, [2], [2, 2]],
  ParallelConcat: [[1, 1]],
};

/** A required attribute of a kind, and an element of a list of them. */
const LEAST: Readonly<Record<string, unknown>> = { int: 2, float: 1, bool: false, string: '', shape: null, func: 'f' };
const ELEMENT: Readonly<Record<string, unknown>> = { ...LEAST, int: 1, type: 'float32' };

function answer(type: string): string {
  if (BROKEN.has(type)) return 'no';
  const signature = opSignature(type);
  // Why: a list of functions has to exist; the library differentiates none of the ops that take one.
  if (signature.attrs.some(({ kind }) => kind === 'list(func)')) return 'no';
  const inputs = signature.inputs.map((argument, i) => {
    const dtype = dtypeName(typeOf(signature, argument));
    const make = () => ops.placeholder({ dtype, shape: SHAPES[type]?.[i] ?? null });
    return isList(argument) ? [make(), make()] : make();
  });
  const required = signature.attrs.filter(({ inferred, defaultValue }) => !inferred && defaultValue === undefined);
  const attrs = Object.fromEntries(required.map((attr) => [attr.name, attrValue(type, attr)]));
  try {
    const op = ops.applyOp(type, inputs, { ...attrs, ...ATTRIBUTES[type] });
    const [ys, xs] = [op.outputs, inputs.flat()].map((outputs) => outputs.filter(isSmooth).map(({ ref }) => ref));
    const dxs = op.graph.native.addGradients(`of${type}`, ys ?? [], xs ?? [], null);
    return dxs.some((dx) => dx !== null) ? 'yes' : 'no';
  } catch (error) {
    return /No gradient defined/.test(messageOf(error)) ? 'no' : messageOf(error).replaceAll(/\s+/g, ' ');
  }
}

function isSmooth({ dtype }: Output): boolean {
  return isFloating(dtype) || isComplex(dtype) || dtype === 'resource' || dtype === 'variant';
}

function typeOf({ attrs }: Signature, { dtype, typeAttr }: Argument): number {
  return dtype ?? preferred(attrs.find(({ source }) => source === typeAttr)?.allowed);
}

function preferred(allowed: Attribute['allowed']): number {
  return PREFERRED.find((number) => !allowed || allowed.includes(number)) ?? Number(allowed?.[0]);
}

function attrValue(type: string, { kind, allowed }: Attribute): unknown {
  const listed = /^list\((.*)\)$/.exec(kind)?.[1];
  // As many strides, and the like, as pictures or volumes have dimensions.
  if (listed !== undefined) return Array(/3D|Volume/.test(type) ? 5 : 4).fill(ELEMENT[listed]);
  if (kind === 'type') return dtypeName(preferred(allowed));
  return allowed?.[0] ?? LEAST[kind];
}

using program = new Program();
program.trace('probe', {}, () => {
  for (const type of process.argv.slice(2)) {
    writeSync(1, type);
    writeSync(1, ` ${answer(type)}\n`);
  }
  return {};
});
