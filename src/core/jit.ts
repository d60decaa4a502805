import type { AttrEntry } from '../native/binding.js';
import { type DType, dtypeNumber } from './dtype.js';
import { isOutput, type Outputs } from './function.js';
import { FunctionBody } from './function-body.js';
import type { Output } from './output.js';
import { currentScope } from './scope.js';
import { flatten, repack } from './structure.js';

/**
 * What `build` makes, as one function that XLA, the library's compiler, compiles when it first runs, and again for inputs
 * of other shapes. It may use and update what surrounds it. Where the library has no XLA, it runs op by op.
 *
 * An operation that XLA has no kernel of fails when the function first runs, by name.
 */
export function jitCompiled<O extends Outputs>(name: string, build: () => O): O {
  const scope = currentScope();
  const body = new FunctionBody(scope);
  try {
    const result = body.build(build);
    const outputs = flatten<Output>(result, isOutput).map(([, output]) =>
      body.build(() => currentScope().own(output, name)),
    );
    const inputs = [...body.captures.keys()];
    const types = (list: readonly { dtype: DType }[]) => list.map(({ dtype }) => dtypeNumber(dtype));
    const attrs: AttrEntry[] = [
      ['Tin', 'list(type)', types(inputs)],
      ['Tout', 'list(type)', types(outputs)],
      ['f', 'func', body.define(name, [...body.captures.values()], outputs)],
      ['_XlaMustCompile', 'bool', true],
    ];
    const { stateful } = body.trace;
    const type = stateful ? 'StatefulPartitionedCall' : 'PartitionedCall';
    const call = scope.add({ type, name, inputs: [inputs], attrs, stateful, access: body.accesses() });
    const results = outputs.map(({ shape }, i) => (shape ? call.output(i).setShape(shape) : call.output(i)));
    return repack(result, isOutput, results) as O;
  } finally {
    body.graph.dispose();
  }
}
