import { TensorFlowError } from '../errors/errors.js';

/** Dimensions of a tensor: `null` is an unknown dimension, a `null` shape has an unknown rank. */
export type Shape = readonly (number | null)[] | null;
/** Dimensions of which some may be left open. */
export type PartialShape = readonly (number | null)[];

/** The border speaks -1 for unknown. */
export function shapeFromNative(shape: readonly number[] | null): Shape {
  return shape === null ? null : shape.map((d) => (d < 0 ? null : d));
}

export function shapeToNative(shape: Shape): number[] | null {
  return shape === null ? null : shape.map((d) => d ?? -1);
}

/** Number of elements. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** As Keras prints it: `(None, 32, 32, 3)`. */
export function formatKerasShape(shape: Shape): string {
  if (shape === null) return '(?)';
  const parts = shape.map((d) => (d === null ? 'None' : String(d)));
  return shape.length === 1 ? `(${parts[0]},)` : `(${parts.join(', ')})`;
}

/** As JavaScript prints it: `[null, 32, 32, 3]`. */
export function formatShape(shape: Shape): string {
  return shape === null ? '[...]' : `[${shape.map((d) => d ?? 'null').join(', ')}]`;
}

/** Whether a concrete shape may be fed where `expected` stands. */
export function isCompatible(actual: readonly number[], expected: Shape): boolean {
  if (expected === null) return true;
  return actual.length === expected.length && expected.every((d, i) => d === null || d === actual[i]);
}

/** @throws ERR_SHAPE for what is no array of whole numbers from 0 up (or, where `open`, `null`) */
export function wholeShape<S extends PartialShape>(where: string, shape: S, open = false): S {
  const wrong = Array.isArray(shape) ? shape.find((d) => !isDimension(d) && !(open && d === null)) : shape;
  if (Array.isArray(shape) && wrong === undefined) return shape;
  const item = open ? 'whole numbers from 0 up or null' : 'whole numbers from 0 up';
  throw new TensorFlowError('ERR_SHAPE', `${where}: a shape is an array of ${item}, got ${JSON.stringify(shape)}.`);
}

function isDimension(d: unknown): boolean {
  return Number.isInteger(d) && Number(d) >= 0;
}

/** All dimensions as numbers, or an error saying where they were needed. */
export function knownShape(where: string, shape: Shape): number[] {
  if (shape?.every((d): d is number => d !== null)) return [...shape];
  throw new TensorFlowError('ERR_SHAPE', `${where}: every dimension must be known, got ${formatShape(shape)}.`);
}

/** A known rank, or an error saying where it was needed. */
export function knownRank(where: string, shape: Shape): PartialShape {
  if (shape !== null) return shape;
  throw new TensorFlowError('ERR_SHAPE', `${where}: the rank must be known; set it with ensureShape.`);
}
