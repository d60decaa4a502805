import { TensorFlowError } from '../errors/errors.js';
import type { NativeCallable, NativeTensor, OutputRef } from '../native/binding.js';
import { loadAddon } from '../native/library.js';
import { sessionConfig } from './config.js';
import { dtypeNumber } from './dtype.js';

/** The library's own operation in a small graph, made once for each dtype. */
const known = new Map<number, NativeCallable>();

/** Index of the greatest element along an axis, int32, without that axis. */
export function argMax(x: NativeTensor, axis: number): NativeTensor {
  const rank = x.shape.length;
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new TensorFlowError('ERR_ARGUMENT', `argMax: axis ${axis} does not exist in a tensor of rank ${rank}.`);
  }
  const at = loadAddon().tensor(dtypeNumber('int32'), [], Int32Array.of(axis));
  const [found] = runner(x.dtype).runSync([x, at]);
  at.dispose();
  if (!found) throw new RangeError('no result');
  return found;
}

function runner(dtype: number): NativeCallable {
  let found = known.get(dtype);
  if (!found) {
    const graph = loadAddon().graph();
    const int32 = dtypeNumber('int32');
    const node = (type: string, name: string, inputs: OutputRef[], types: readonly [string, number][]): OutputRef => {
      const attrs = types.map(([key, value]) => [key, 'type', value] as const);
      return [graph.addOperation({ type, name, inputs, controls: [], attrs }), 0];
    };
    const x = node('Placeholder', 'x', [], [['dtype', dtype]]);
    const axis = node('Placeholder', 'axis', [], [['dtype', int32]]);
    const best = node(
      'ArgMax',
      'best',
      [x, axis],
      [
        ['T', dtype],
        ['Tidx', int32],
        ['output_type', int32],
      ],
    );
    found = loadAddon().session(graph, sessionConfig()).callable([x, axis], [best], []);
    known.set(dtype, found);
  }
  return found;
}
