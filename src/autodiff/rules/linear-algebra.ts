import { isComplex } from '../../core/dtype.js';
import type { Output } from '../../core/output.js';
import { knownRank } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { boolAttr, companion } from '../attributes.js';
import { conj, sumTo } from '../broadcasting.js';
import { addRule } from '../registry.js';
import { input, rule } from '../rule.js';

// Formulas: M. Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic
// differentiation", 2008; for QR and the singular values those of TensorFlow's linalg_grad.py.

// Why not the library's: it multiplies by BatchMatMulV3, which has no float16 kernel on the CPU.
rule('BatchMatMulV2', (op, dy, inputs) => {
  const [x, y] = [input(inputs, 0), input(inputs, 1)];
  const [adjX, adjY] = [boolAttr(op, 'adj_x'), boolAttr(op, 'adj_y')];
  const dx = adjX ? ops.batchMatMulV2(y, dy, { adjX: adjY, adjY: true }) : ops.batchMatMulV2(dy, y, { adjY: !adjY });
  const dyy = adjY ? ops.batchMatMulV2(dy, x, { adjX: true, adjY: adjX }) : ops.batchMatMulV2(x, dy, { adjX: !adjX });
  return [sumBatches(dx, x), sumBatches(dyy, y)];
});
rule('MatrixInverse', (op, dy) => {
  const inverse = op.output();
  if (boolAttr(op, 'adjoint')) return [ops.neg(multiply(inverse, multiply(adjoint(dy), inverse)))];
  return [ops.neg(multiply(adjoint(inverse), multiply(dy, adjoint(inverse))))];
});
rule('MatrixDeterminant', (op, dy, inputs) => [
  ops.mul(matrixOf(ops.mul(dy, conj(op.output()))), ops.matrixInverse(input(inputs, 0), { adjoint: true })),
]);
addRule('LogMatrixDeterminant', (op, [, dLog]) => {
  if (!dLog) return [];
  return [ops.mul(matrixOf(dLog), ops.matrixInverse(input(op.inputs, 0), { adjoint: true }))];
});
rule('Cholesky', (op, dy) => {
  const factor = op.output();
  const inner = lowerHalf(multiply(adjoint(factor), dy));
  const right = ops.matrixTriangularSolve(factor, adjoint(inner), { adjoint: true });
  const whole = ops.matrixTriangularSolve(factor, adjoint(right), { adjoint: true });
  return [ops.mul(ops.add(whole, adjoint(whole)), 0.5)];
});
rule('MatrixSolve', (op, dy, inputs) => {
  const [matrix, isAdjoint] = [input(inputs, 0), boolAttr(op, 'adjoint')];
  const dRhs = ops.matrixSolve(matrix, dy, { adjoint: !isAdjoint });
  return [solved(dRhs, op.output(), isAdjoint), dRhs];
});
rule('MatrixTriangularSolve', (op, dy, inputs) => {
  const [matrix, rhs] = [input(inputs, 0), input(inputs, 1)];
  const [isAdjoint, isLower] = [boolAttr(op, 'adjoint'), boolAttr(op, 'lower')];
  const dRhs = ops.matrixTriangularSolve(matrix, dy, { adjoint: !isAdjoint, lower: isLower });
  const dMatrix = solved(dRhs, op.output(), isAdjoint);
  const half = isLower ? lower(dMatrix) : upper(dMatrix);
  return [sumBatches(half, matrix), sumBatches(dRhs, rhs)];
});
// X = (AᴴA + λ)⁻¹AᴴB for a matrix at least as high as wide, X = Aᴴ(AAᴴ + λ)⁻¹B for a wider one.
rule('MatrixSolveLs', (op, dy, inputs) => {
  const [a, b, l2] = [input(inputs, 0), input(inputs, 1), input(inputs, 2)];
  const [rows, columns] = knownRank(`gradient of ${op}`, a.shape).slice(-2);
  if (!rows || !columns || !boolAttr(op, 'fast')) {
    throw new TensorFlowError(
      'ERR_GRADIENT',
      `No gradient through ${op}: it exists for matrices of a known shape, with fast true.`,
    );
  }
  const isHigh = rows >= columns;
  const square = isHigh ? multiply(adjoint(a), a) : multiply(a, adjoint(a));
  const ridge = ops.mul(ops.matrixDiag(ops.ones([Math.min(rows, columns)], a.dtype)), ops.cast(l2, a.dtype));
  const solve = (rhs: Output): Output => ops.matrixSolve(ops.add(square, ridge), rhs);
  if (isHigh) {
    const z = solve(dy);
    const xz = multiply(op.output(), adjoint(z));
    return [ops.sub(multiply(b, adjoint(z)), multiply(a, ops.add(xz, adjoint(xz)))), multiply(a, z), null];
  }
  const dRhs = solve(multiply(a, dy));
  const inner = solve(b);
  const outside = ops.sub(dy, multiply(adjoint(a), dRhs));
  return [ops.sub(multiply(inner, adjoint(outside)), multiply(dRhs, multiply(adjoint(inner), a))), dRhs, null];
});
// Why: the kernel reads the lower triangle only, so the whole gradient lies there.
addRule('SelfAdjointEigV2', (op, [dValues, dVectors]) => {
  const x = input(op.inputs, 0);
  if (!dValues && !dVectors) return [];
  const vectors = boolAttr(op, 'compute_v') ? op.output(1) : ops.selfAdjointEigV2(x).v;
  const values = op.output(0);
  const onDiagonal = dValues ? ops.matrixDiag(ops.cast(dValues, x.dtype)) : null;
  const gaps = ops.sub(ops.expandDims(values, -2), ops.expandDims(values, -1));
  const off = dVectors ? ops.mul(safeReciprocal(gaps), multiply(adjoint(vectors), dVectors)) : null;
  const inner = onDiagonal && off ? ops.add(onDiagonal, off) : (onDiagonal ?? off);
  if (!inner) return [];
  const whole = multiply(vectors, multiply(inner, adjoint(vectors)));
  return [ops.mul(lowerHalf(ops.add(whole, adjoint(whole))), 1)];
});
addRule('Qr', (op, [dq, dr]) => {
  const [q, r] = [op.output(0), op.output(1)];
  const shape = knownRank(`gradient of ${op}`, r.shape);
  const [rows, columns] = shape.slice(-2);
  if (rows === null || columns === null || rows !== columns) {
    throw new TensorFlowError(
      'ERR_GRADIENT',
      `No gradient through ${op} with R of ${rows ?? 'unknown'} rows and ${columns ?? 'unknown'} columns: it exists for matrices at least as high as wide, with fullMatrices false.`,
    );
  }
  const [toQ, toR] = [dq ?? ops.zerosLike(q), dr ?? ops.zerosLike(r)];
  const inQ = multiply(adjoint(q), toQ);
  const inR = multiply(r, adjoint(toR));
  const skew = lower(ops.add(ops.sub(inQ, adjoint(inQ)), ops.sub(inR, adjoint(inR))));
  const strict = ops.matrixSetDiag(skew, ops.zerosLike(ops.matrixDiagPart(skew)));
  const within = multiply(q, ops.add(toR, byUpper(strict, r)));
  return [ops.add(within, byUpper(ops.sub(toQ, multiply(q, inQ)), r))];
});
addRule('Svd', (op, [ds, du, dv]) => {
  const x = input(op.inputs, 0);
  const shape = knownRank(`gradient of ${op}`, x.shape);
  const [rows, columns] = shape.slice(-2);
  if (boolAttr(op, 'compute_uv') && boolAttr(op, 'full_matrices') && (rows === null || rows !== columns)) {
    throw new TensorFlowError('ERR_GRADIENT', `No gradient through ${op} with fullMatrices: take the reduced form.`);
  }
  if (isComplex(x.dtype)) throw new TensorFlowError('ERR_GRADIENT', `No gradient through ${op} of complex matrices.`);
  const { s, u, v } = boolAttr(op, 'compute_uv')
    ? { s: op.output(0), u: op.output(1), v: op.output(2) }
    : ops.svd(x, { fullMatrices: false });
  const squares = ops.square(s);
  const f = safeReciprocal(ops.sub(ops.expandDims(squares, -2), ops.expandDims(squares, -1)));
  const across = ops.expandDims(s, -2);
  const down = ops.expandDims(s, -1);
  const skew = (basis: Output, d: Output): Output => {
    const inside = multiply(adjoint(basis), d);
    return ops.mul(f, ops.sub(inside, adjoint(inside)));
  };
  const outside = (basis: Output, d: Output): Output => ops.sub(d, multiply(basis, multiply(adjoint(basis), d)));
  const inner = [
    ...(ds ? [ops.matrixDiag(ds)] : []),
    ...(du ? [ops.mul(skew(u, du), across)] : []),
    ...(dv ? [ops.mul(down, skew(v, dv))] : []),
  ];
  const parts = [
    ...(inner.length > 0 ? [multiply(u, multiply(ops.addN(inner), adjoint(v)))] : []),
    ...(du ? [multiply(ops.realDiv(outside(u, du), across), adjoint(v))] : []),
    ...(dv ? [multiply(u, adjoint(ops.realDiv(outside(v, dv), across)))] : []),
  ];
  return parts.length > 0 ? [ops.addN(parts)] : [];
});
rule('Cross', (_, dy, inputs) => [ops.cross(input(inputs, 1), dy), ops.cross(dy, input(inputs, 0))]);

// Diagonals.
rule(['MatrixDiagV2', 'MatrixDiagV3'], (op, dy, inputs) => {
  const type = op.type === 'MatrixDiagV2' ? 'MatrixDiagPartV2' : 'MatrixDiagPartV3';
  return [companion(op, type, [dy, input(inputs, 1), zero(dy)]).output()];
});
rule(['MatrixDiagPartV2', 'MatrixDiagPartV3'], (op, dy, inputs) => {
  const type = op.type === 'MatrixDiagPartV2' ? 'MatrixSetDiagV2' : 'MatrixSetDiagV3';
  return [companion(op, type, [ops.zerosLike(input(inputs, 0)), dy, input(inputs, 1)]).output()];
});
rule(['MatrixSetDiagV2', 'MatrixSetDiagV3'], (op, dy, inputs) => {
  const [diagonal, k] = [input(inputs, 1), input(inputs, 2)];
  const part = op.type === 'MatrixSetDiagV2' ? 'MatrixDiagPartV2' : 'MatrixDiagPartV3';
  return [
    companion(op, op.type, [dy, ops.zerosLike(diagonal), k]).output(),
    companion(op, part, [dy, k, zero(dy)]).output(),
  ];
});
rule('MatrixSetDiag', (_, g, inputs) => [ops.matrixSetDiag(g, ops.zerosLike(input(inputs, 1))), ops.matrixDiagPart(g)]);
rule('MatrixDiagPart', (_, dy, inputs) => [ops.matrixSetDiag(ops.zerosLike(input(inputs, 0)), dy)]);

rule('SparseTensorDenseMatMul', (op, dy, inputs) => {
  const [indices, values, shape, dense] = [input(inputs, 0), input(inputs, 1), input(inputs, 2), input(inputs, 3)];
  const [adjointA, adjointB] = [boolAttr(op, 'adjoint_a'), boolAttr(op, 'adjoint_b')];
  const dDense = ops.sparseTensorDenseMatMul(indices, values, shape, dy, { adjointA: !adjointA });
  const [i, j] = ops.unstack(indices, 1) as [Output, Output];
  const [row, column] = adjointA ? [j, i] : [i, j];
  const right = adjointB ? adjoint(dense) : dense;
  const each = ops.sum(ops.mul(ops.gather(dy, row), conj(ops.gather(right, column))), -1);
  return [null, adjointA ? conj(each) : each, null, adjointB ? adjoint(dDense) : dDense];
});

function multiply(a: Output, b: Output): Output {
  return ops.batchMatMulV2(a, b);
}

/** The conjugate transpose of the last two axes. */
function adjoint(x: Output): Output {
  const rank = knownRank('adjoint', x.shape).length;
  const axes = [...Array(rank).keys()];
  const transposed = ops.transpose(x, [...axes.slice(0, -2), rank - 1, rank - 2]);
  return conj(transposed);
}

function matrixOf(scalars: Output): Output {
  return ops.expandDims(ops.expandDims(scalars, -1), -1);
}

function lower(x: Output): Output {
  return ops.matrixBandPart(x, ops.constant(-1, 'int64'), ops.constant(0, 'int64'));
}

function upper(x: Output): Output {
  return ops.matrixBandPart(x, ops.constant(0, 'int64'), ops.constant(-1, 'int64'));
}

/** The lower triangle, with half of the diagonal. */
function lowerHalf(x: Output): Output {
  return ops.matrixSetDiag(lower(x), ops.mul(ops.matrixDiagPart(x), 0.5));
}

/** x · R⁻ᴴ for an upper triangle R. */
function byUpper(x: Output, r: Output): Output {
  return adjoint(ops.matrixTriangularSolve(r, adjoint(x), { lower: false }));
}

/** Of the matrix A in A·X = B, or in Aᴴ·X = B. */
function solved(dRhs: Output, solution: Output, isAdjoint: boolean): Output {
  return ops.neg(isAdjoint ? multiply(solution, adjoint(dRhs)) : multiply(dRhs, adjoint(solution)));
}

/** 1 / x, and 0 where x is 0, as on the diagonal of differences. */
function safeReciprocal(x: Output): Output {
  return ops.divNoNan(ops.onesLike(x), x);
}

/** The gradient summed over the batch axes along which the matrices were repeated. */
function sumBatches(gradient: Output, x: Output): Output {
  return sumTo(gradient, x, gradient, 0);
}

function zero(x: Output): Output {
  return ops.constant(0, x.dtype);
}
