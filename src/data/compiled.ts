import { dtypeNumber } from '../core/dtype.js';
import { FunctionBody } from '../core/function-body.js';
import { toOutput } from '../core/operand.js';
import type { Output } from '../core/output.js';
import { currentScope } from '../core/scope.js';
import { opTypes } from '../ops/op-list.js';

/** Whether the library has its compiler, XLA. Without it, what is {@link compiled} runs op by op. */
export function canCompile(): boolean {
  return opTypes().includes('XlaLaunch');
}

/**
 * What `build` makes, as one loop over memory: compiled when it first runs, and again for inputs of another shape, which
 * takes some 0.2 s each. `build` may use what surrounds it, but draw no random numbers.
 */
export function compiled(build: () => Output): Output {
  const body = new FunctionBody(currentScope());
  try {
    const result = body.build(() => toOutput(build()));
    const inputs = [...body.captures.keys()];
    const call = currentScope().add({
      type: 'PartitionedCall',
      name: 'compiled',
      inputs: [inputs],
      attrs: [
        ['Tin', 'list(type)', inputs.map(({ dtype }) => dtypeNumber(dtype))],
        ['Tout', 'list(type)', [dtypeNumber(result.dtype)]],
        ['f', 'func', body.define('compiled', [...body.captures.values()], [result])],
        ['_XlaMustCompile', 'bool', true],
      ],
    });
    return result.shape ? call.output().setShape(result.shape) : call.output();
  } finally {
    body.graph.dispose();
  }
}
