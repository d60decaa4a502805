import { describe, test } from 'vitest';
import * as ops from '../../../src/ops/index.js';
import { agrees, inputsOf, type Row } from './checks.js';

const [STEPS, BATCH, IN, UNITS] = [3, 2, 2, 2];
const STATE = [BATCH, UNITS];
const PEEPHOLE = [UNITS];

/** All steps, and the last, of which the state is read too. */
const ROWS: readonly Row[] = [
  [
    'blockLSTM',
    (x, cs, h, w, i, f, o, b) => {
      const all = ops.blockLSTM(ops.constant(STEPS, 'int64'), x, cs, h, w, i, f, o, b, { usePeephole: true });
      return ops.concat([all.h, all.cs], 0);
    },
    [[STEPS, BATCH, IN], STATE, STATE, [IN + UNITS, 4 * UNITS], PEEPHOLE, PEEPHOLE, PEEPHOLE, [4 * UNITS]],
  ],
  [
    'blockLSTMV2, of which only the output is read',
    (x, cs, h, w, b) => {
      const none = ops.zeros(PEEPHOLE);
      return ops.blockLSTMV2(ops.constant(STEPS, 'int64'), x, cs, h, w, none, none, none, b).h;
    },
    [[STEPS, BATCH, IN], STATE, STATE, [IN + UNITS, 4 * UNITS], [4 * UNITS]],
  ],
  [
    'lstmBlockCell',
    (x, cs, h, w, i, f, o, b) => {
      const next = ops.lstmBlockCell(x, cs, h, w, i, f, o, b, { usePeephole: true });
      return ops.concat([next.h, next.cs], 0);
    },
    [[BATCH, IN], STATE, STATE, [IN + UNITS, 4 * UNITS], PEEPHOLE, PEEPHOLE, PEEPHOLE, [4 * UNITS]],
  ],
  [
    'gruBlockCell',
    (x, h, gates, candidate, gateBias, bias) => ops.gruBlockCell(x, h, gates, candidate, gateBias, bias).h,
    [[BATCH, IN], STATE, [IN + UNITS, 2 * UNITS], [IN + UNITS, UNITS], [2 * UNITS], [UNITS]],
  ],
];

describe('kernels of recurrent layers, in float32', () => {
  for (const [name, build, shapes] of ROWS) {
    test(name, () => agrees(build, inputsOf(shapes), { dtype: 'float32', step: 1e-2, tolerance: 5e-3 }));
  }
});
