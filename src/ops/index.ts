export { constant } from '../core/constant.js';
export {
  applyOp,
  type Int,
  type Named,
  namedOutputs,
  type Operands,
  type Outputs,
  type Text,
  type Value,
} from './apply.js';
// Why: named exports win over those of the same name in generated/.
export {
  type Axis,
  add,
  all,
  any,
  cast,
  concat,
  div,
  gather,
  group,
  logSoftmax,
  matMul,
  max,
  mean,
  min,
  oneHot,
  ones,
  prod,
  type ReduceOptions,
  range,
  select,
  softmax,
  split,
  squeeze,
  stack,
  stridedSlice,
  sum,
  transpose,
  unstack,
  where,
  zeros,
} from './composites.js';
export { caseOf, cond } from './control-flow/cond.js';
export { type MapFnOptions, mapFn, type ScanOptions, scan } from './control-flow/scan.js';
export { type WhileLoopOptions, whileLoop } from './control-flow/while-loop.js';
export { defineOp, type OpFunction } from './define-op.js';
export * from './generated/index.js';
export { opSignature, opTypes, registerOps } from './op-list.js';
export type { Argument, Attribute, Signature } from './signature.js';
