import { messageOf, TensorFlowError } from '../errors/errors.js';
import type { AttrEntry } from '../native/binding.js';
import { type DType, dtypeNumber } from './dtype.js';
import { FunctionBody } from './function-body.js';
import type { Output } from './output.js';
import { currentScope } from './scope.js';
import { isOutput } from './several.js';
import { flatten, repack, type Structure } from './structure.js';

export interface FunctionOptions {
  /**
   * Whether XLA compiles the function when it first runs, and again for inputs of other shapes. Where the library has no
   * XLA, it runs op by op. An operation that XLA cannot compile is named when the function first runs (ERR_ARGUMENT).
   * Default false.
   */
  jitCompile?: boolean;
}

/**
 * What `build` makes, as one function that XLA, the library's compiler, compiles when it first runs, and again for inputs
 * of other shapes. It may use and update what surrounds it. Where the library has no XLA, it runs op by op.
 *
 * An operation that XLA has no kernel of fails when the function first runs, by name.
 */
export function jitCompiled<O extends Structure<Output>>(name: string, build: () => O): O {
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

/** Operations or dtypes that XLA does not know, in one sentence; other failures as they came. */
export function explainJit(where: string, failure: unknown): unknown {
  const message = messageOf(failure);
  if (!message.startsWith('Detected unsupported operations')) return failure;
  return new TensorFlowError('ERR_ARGUMENT', `${where}: ${unknownToXla(message)}`, { cause: failure });
}

function unknownToXla(message: string): string {
  const named = (pattern: RegExp) => [...new Set([...message.matchAll(pattern)].map(([, name = '']) => name))];
  // Why not all: `_Arg` and `_Retval` are the function's own inputs and results.
  const types = named(/\b([A-Za-z]\w*) \(No registered/g);
  if (types.length === 0) {
    const dtypes = named(/\bT=DT_(\w+)/g)
      .join(', ')
      .toLowerCase();
    return `XLA takes and gives no tensors of dtype ${dtypes}; leave jitCompile out.`;
  }
  return `XLA cannot compile ${types.join(', ')}; leave jitCompile out, or ${types.length > 1 ? 'these operations' : 'that operation'}.`;
}
