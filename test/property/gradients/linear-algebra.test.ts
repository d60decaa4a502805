import type { Output } from '../../../src/core/output.js';
import { tensor } from '../../../src/core/tensor.js';
import * as ops from '../../../src/ops/index.js';
import { type Row, testRows } from './checks.js';

/** Far from singular. */
const regular = (x: Output): Output => ops.add(x, ops.matrixDiag(ops.constant([3, 4.5, 6.2], 'float64')));
const symmetric = (x: Output): Output => {
  const rank = x.shape?.length ?? 0;
  const axes = [...Array(rank).keys()];
  return regular(ops.add(x, ops.transpose(x, [...axes.slice(0, -2), rank - 1, rank - 2])));
};
/** Singular values far from each other. */
const tall = (x: Output): Output =>
  ops.add(
    x,
    ops.constant(
      [
        [2, 0.5, 0],
        [0, 5, 0.3],
        [0.2, 0, 9],
        [1, 1, 1],
      ],
      'float64',
    ),
  );
const complex = (x: Output): Output => ops.complex(x, ops.sin(ops.mul(x, 3)), { tout: 'complex128' });
const parts = (z: Output): Output =>
  ops.add(ops.real(z, { tout: 'float64' }), ops.mul(ops.imag(z, { tout: 'float64' }), 0.7));
const places = tensor(
  [
    [0n, 1n],
    [2n, 0n],
    [2n, 1n],
  ].flat(),
  [3, 2],
  'int64',
);

const ROWS: readonly Row[] = [
  ['matrixDiag', (x) => ops.matrixDiag(x), [[2, 3]]],
  ['matrixDiagPart', (x) => ops.matrixDiagPart(x), [[2, 3, 3]]],
  ['matrixBandPart', (x) => ops.matrixBandPart(x, ops.constant(1, 'int64'), ops.constant(0, 'int64')), [[3, 3]]],
  [
    'matMul',
    (x, y) => ops.matMul(x, y),
    [
      [2, 3],
      [3, 2],
    ],
  ],
  [
    'matMul, first transposed',
    (x, y) => ops.matMul(x, y, { transposeA: true }),
    [
      [3, 2],
      [3, 2],
    ],
  ],
  [
    'matMul, second transposed',
    (x, y) => ops.matMul(x, y, { transposeB: true }),
    [
      [2, 3],
      [2, 3],
    ],
  ],
  [
    'matMul, both transposed',
    (x, y) => ops.matMul(x, y, { transposeA: true, transposeB: true }),
    [
      [3, 2],
      [2, 3],
    ],
  ],
  ['matMul with itself', (x) => ops.matMul(x, x), [[3, 3]]],
  [
    'batchMatMul',
    (x, y) => ops.matMul(x, y),
    [
      [2, 2, 3],
      [2, 3, 2],
    ],
  ],
  [
    'batchMatMul, transposed',
    (x, y) => ops.matMul(x, y, { transposeA: true, transposeB: true }),
    [
      [2, 3, 2],
      [2, 2, 3],
    ],
  ],
  [
    'batchMatMul, broadcasting',
    (x, y) => ops.matMul(x, y),
    [
      [2, 1, 2, 3],
      [3, 3, 2],
    ],
  ],
  [
    'einsum',
    (x, y) => ops.einsum([x, y], { equation: 'abc,cd->abd' }),
    [
      [2, 2, 3],
      [3, 2],
    ],
  ],
  [
    'einsum of attention',
    (x, y) => ops.einsum([x, y], { equation: 'btnh,bsnh->bnts' }),
    [
      [1, 2, 2, 2],
      [1, 3, 2, 2],
    ],
  ],

  ['matrixInverse', (x) => ops.matrixInverse(regular(x)), [[2, 3, 3]]],
  ['matrixInverse, adjoint', (x) => ops.matrixInverse(regular(x), { adjoint: true }), [[3, 3]]],
  ['matrixDeterminant', (x) => ops.matrixDeterminant(regular(x)), [[2, 3, 3]]],
  ['logMatrixDeterminant', (x) => ops.logMatrixDeterminant(regular(x)).logAbsDeterminant, [[2, 3, 3]]],
  ['cholesky', (x) => ops.cholesky(ops.matMul(regular(x), regular(x), { transposeB: true })), [[2, 3, 3]]],
  [
    'matrixSolve',
    (x, y) => ops.matrixSolve(regular(x), y),
    [
      [3, 3],
      [3, 2],
    ],
  ],
  [
    'matrixSolve, adjoint',
    (x, y) => ops.matrixSolve(regular(x), y, { adjoint: true }),
    [
      [2, 3, 3],
      [2, 3, 2],
    ],
  ],
  [
    'matrixTriangularSolve',
    (x, y) => ops.matrixTriangularSolve(regular(x), y),
    [
      [3, 3],
      [3, 2],
    ],
  ],
  [
    'matrixTriangularSolve, upper, adjoint',
    (x, y) => ops.matrixTriangularSolve(regular(x), y, { lower: false, adjoint: true }),
    [
      [2, 3, 3],
      [2, 3, 2],
    ],
  ],
  [
    'matrixTriangularSolve, broadcast',
    (x, y) => ops.matrixTriangularSolve(regular(x), y),
    [
      [3, 3],
      [2, 3, 2],
    ],
  ],
  [
    'matrixSolveLs, high',
    (x, y) => ops.matrixSolveLs(tall(x), y, ops.constant(0.3, 'float64')),
    [
      [4, 3],
      [4, 2],
    ],
  ],
  [
    'matrixSolveLs, wide',
    (x, y) => ops.matrixSolveLs(ops.transpose(tall(x), [1, 0]), y, ops.constant(0.3, 'float64')),
    [
      [4, 3],
      [3, 2],
    ],
  ],
  ['selfAdjointEig, values', (x) => ops.selfAdjointEigV2(symmetric(x)).e, [[2, 3, 3]]],
  ['selfAdjointEig, values only', (x) => ops.selfAdjointEigV2(symmetric(x), { computeV: false }).e, [[3, 3]]],
  ['selfAdjointEig, vectors', (x) => ops.square(ops.selfAdjointEigV2(symmetric(x)).v), [[3, 3]]],
  [
    'qr',
    (x) => {
      const { q, r } = ops.qr(tall(x));
      return ops.concat([q, r], -2);
    },
    [[4, 3]],
  ],
  ['svd, values', (x) => ops.svd(tall(x)).s, [[4, 3]]],
  ['svd, values only', (x) => ops.svd(tall(x), { computeUv: false }).s, [[2, 4, 3]]],
  [
    'svd, vectors',
    (x) => {
      const { s, u, v } = ops.svd(tall(x));
      return ops.matMul(ops.mul(u, ops.log(ops.expandDims(s, -2))), v, { transposeB: true });
    },
    [[4, 3]],
  ],
  ['svd, u', (x) => ops.square(ops.svd(tall(x)).u), [[4, 3]]],
  ['svd, v of a wide one', (x) => ops.square(ops.svd(ops.transpose(tall(x), [1, 0])).v), [[4, 3]]],
  [
    'cross',
    (x, y) => ops.cross(x, y),
    [
      [2, 3],
      [2, 3],
    ],
  ],
  ['conjugateTranspose', (x) => ops.conjugateTranspose(x, [1, 0]), [[2, 3]]],
  ['matrixDiagV2', (x) => ops.matrixDiagV2(x, [-1, 0], -1, -1, ops.constant(0, 'float64')), [[2, 3]]],
  ['matrixDiagPartV2', (x) => ops.matrixDiagPartV2(x, [-1, 1], ops.constant(0, 'float64')), [[2, 3, 4]]],
  ['matrixSetDiagV2', (x, d) => ops.matrixSetDiagV2(x, d, 1), [[3, 4], [3]]],
  ['matrixDiagV3', (x) => ops.matrixDiagV3(x, [-1, 0], -1, -1, ops.constant(0, 'float64')), [[2, 3]]],
  ['matrixDiagPartV3', (x) => ops.matrixDiagPartV3(x, [-1, 1], ops.constant(0, 'float64')), [[2, 3, 4]]],
  [
    'matrixSetDiag',
    (x, d) => ops.matrixSetDiag(x, d),
    [
      [2, 3, 3],
      [2, 3],
    ],
  ],
  ['matrixSetDiagV3', (x, d) => ops.matrixSetDiagV3(x, d, 1), [[3, 4], [3]]],
  ['diag', (x) => ops.diag(x), [[3]]],
  ['diagPart', (x) => ops.diagPart(x), [[3, 3]]],
  [
    'sparseTensorDenseMatMul',
    (a, b) => ops.sparseTensorDenseMatMul(places, a, ops.constant([3, 2], 'int64'), b),
    [[3], [2, 2]],
  ],
  [
    'sparseTensorDenseMatMul, adjoint',
    (a, b) =>
      ops.sparseTensorDenseMatMul(places, a, ops.constant([3, 2], 'int64'), b, { adjointA: true, adjointB: true }),
    [[3], [2, 3]],
  ],
  ['fft', (x) => parts(ops.fft(complex(x))), [[2, 5]]],
  ['ifft', (x) => parts(ops.ifft(complex(x))), [[2, 4]]],
  ['fft2d', (x) => parts(ops.fft2d(complex(x))), [[2, 3, 4]]],
  ['ifft2d', (x) => parts(ops.ifft2d(complex(x))), [[3, 2]]],
  ['fft3d', (x) => parts(ops.fft3d(complex(x))), [[2, 3, 2]]],
  ['ifft3d', (x) => parts(ops.ifft3d(complex(x))), [[2, 2, 2]]],
  ['rfft', (x) => parts(ops.rfft(x, [5], { tcomplex: 'complex128' })), [[2, 5]]],
  ['rfft, cut', (x) => parts(ops.rfft(x, [4], { tcomplex: 'complex128' })), [[2, 6]]],
  ['rfft2d', (x) => parts(ops.rfft2d(x, [3, 4], { tcomplex: 'complex128' })), [[3, 4]]],
  ['rfft3d', (x) => parts(ops.rfft3d(x, [2, 2, 3], { tcomplex: 'complex128' })), [[2, 2, 3]]],
  ['irfft', (x) => ops.irfft(complex(x), [6], { treal: 'float64' }), [[2, 4]]],
  ['irfft, odd', (x) => ops.irfft(complex(x), [5], { treal: 'float64' }), [[2, 3]]],
  ['irfft, cut', (x) => ops.irfft(complex(x), [4], { treal: 'float64' }), [[2, 5]]],
  ['irfft2d', (x) => ops.irfft2d(complex(x), [3, 4], { treal: 'float64' }), [[3, 3]]],
  ['irfft3d', (x) => ops.irfft3d(complex(x), [2, 2, 4], { treal: 'float64' }), [[2, 2, 3]]],
];

testRows(ROWS);
