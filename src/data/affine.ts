import type { Operand } from '../core/operand.js';
import type { Output } from '../core/output.js';
import * as ops from '../ops/index.js';

/** Keras' parameters of an affine transformation, one value per picture ([n]) or one for all. */
export interface AffineParameters {
  /** Rotation in degrees. */
  theta?: Operand | undefined;
  /** Shift in pixels that Keras draws from the height. */
  tx?: Operand | undefined;
  /** Shift in pixels that Keras draws from the width. */
  ty?: Operand | undefined;
  /** Shear angle in degrees. */
  shear?: Operand | undefined;
  zx?: Operand | undefined;
  zy?: Operand | undefined;
  /** 1 where the picture is mirrored after the rest, else 0. */
  flipHorizontal?: Operand | undefined;
  flipVertical?: Operand | undefined;
}

/**
 * Where each pixel of the result comes from, per picture (float64 [n] each):
 * input row = rowFromRow · r + rowFromColumn · c + rowOffset, likewise the column.
 */
export interface AffineMap {
  readonly rowFromRow: Output;
  readonly rowFromColumn: Output;
  readonly rowOffset: Output;
  readonly columnFromRow: Output;
  readonly columnFromColumn: Output;
  readonly columnOffset: Output;
}

/**
 * Keras' apply_affine_transform, flips included: rotation · shift · shear · zoom about the centre, written out.
 *
 * Why the names look crossed: Keras builds the matrix for (x, y), swaps it to (row, column), and takes the centre along
 * with it, so that tx moves columns and a picture that is not square turns about (width / 2, height / 2).
 */
export function affineMap(parameters: AffineParameters, height: number, width: number): AffineMap {
  const theta = radians(parameters.theta);
  const sheared = ops.add(theta, radians(parameters.shear));
  const [cos, sin] = [ops.cos(theta), ops.sin(theta)];
  const [tx, ty] = [number(parameters.tx, 0), number(parameters.ty, 0)];
  const [zx, zy] = [number(parameters.zx, 1), number(parameters.zy, 1)];
  const [centerX, centerY] = [(height - 1) / 2, (width - 1) / 2];

  const xFromX = ops.mul(cos, zx);
  const yFromX = ops.mul(sin, zx);
  const xFromY = ops.neg(ops.mul(ops.sin(sheared), zy));
  const yFromY = ops.mul(ops.cos(sheared), zy);
  const xShift = ops.sub(ops.mul(cos, tx), ops.mul(sin, ty));
  const yShift = ops.add(ops.mul(sin, tx), ops.mul(cos, ty));
  const centered = (shift: Output, center: number, fromX: Output, fromY: Output) =>
    ops.sub(ops.add(shift, center), ops.add(ops.mul(fromX, centerX), ops.mul(fromY, centerY)));

  const row = mirror(parameters, height, width, {
    fromRow: yFromY,
    fromColumn: yFromX,
    offset: centered(yShift, centerY, yFromX, yFromY),
  });
  const column = mirror(parameters, height, width, {
    fromRow: xFromY,
    fromColumn: xFromX,
    offset: centered(xShift, centerX, xFromX, xFromY),
  });
  return {
    rowFromRow: row.fromRow,
    rowFromColumn: row.fromColumn,
    rowOffset: row.offset,
    columnFromRow: column.fromRow,
    columnFromColumn: column.fromColumn,
    columnOffset: column.offset,
  };
}

/** One coordinate of the input as a linear function of the output's row and column. */
interface Coordinate {
  readonly fromRow: Output;
  readonly fromColumn: Output;
  readonly offset: Output;
}

/** The same coordinate of the mirrored picture: r becomes height − 1 − r where it is flipped, c likewise. */
function mirror(parameters: AffineParameters, height: number, width: number, coordinate: Coordinate): Coordinate {
  let { fromRow, fromColumn, offset } = coordinate;
  if (parameters.flipVertical !== undefined) {
    const flip = number(parameters.flipVertical, 0);
    offset = ops.add(offset, ops.mul(ops.mul(fromRow, height - 1), flip));
    fromRow = ops.mul(fromRow, ops.sub(1, ops.mul(flip, 2)));
  }
  if (parameters.flipHorizontal !== undefined) {
    const flip = number(parameters.flipHorizontal, 0);
    offset = ops.add(offset, ops.mul(ops.mul(fromColumn, width - 1), flip));
    fromColumn = ops.mul(fromColumn, ops.sub(1, ops.mul(flip, 2)));
  }
  return { fromRow, fromColumn, offset };
}

function number(value: Operand | undefined, neutral: number): Output {
  return ops.cast(value ?? neutral, 'float64');
}

function radians(degrees: Operand | undefined): Output {
  return ops.mul(number(degrees, 0), Math.PI / 180);
}
