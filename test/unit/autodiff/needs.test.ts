import { describe, expect, test } from 'vitest';
import { gradients } from '../../../src/autodiff/gradients.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { activationNames, getActivation } from '../../../src/nn/activations.js';
import { losses, regularizers } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';
import { KINDS } from '../layers/kinds.js';

// Values are judged elsewhere: here, that no part of the project needs a gradient that there is not.

/** The gradients of y, and of these: a penalty on them. */
function everyOrder(y: Output, xs: readonly Output[]): readonly (Output | null)[] {
  const first = gradients(ops.square(y), xs);
  const found = first.filter((dx): dx is Output => dx !== null);
  gradients(ops.addN(found.map((dx) => ops.sum(ops.square(dx)))), xs);
  return first;
}

function traced(shape: readonly (number | null)[], build: (x: Output) => void): void {
  using program = new Program({ seed: 1 });
  program.trace('run', { x: spec('float32', shape) }, ({ x }) => {
    build(x);
    return {};
  });
}

describe('layers, by inputs and weights', () => {
  for (const [name, kind] of Object.entries(KINDS)) {
    test.each([true, false])(`${name}, training: %s`, (training) => {
      using program = new Program({ seed: 1 });
      const [shape = []] = kind.shapes[0] ?? [];
      const count = kind.inputs ?? 1;
      const given = Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`x${i}`, spec(kind.below ? 'int32' : 'float32', shape)]),
      );
      program.trace('run', given, (values) => {
        const layer = kind.make();
        const xs = Object.values(values);
        const y = layer.invoke(program, kind.inputs ? xs : (xs[0] as Output), { training });
        const of = [...(kind.below ? [] : xs), ...layer.trainableWeights.map((weight) => weight.handle)];
        if (of.length > 0) expect(everyOrder(y, of)).not.toContain(null);
        return {};
      });
    });
  }
});

describe('activations', () => {
  test.each(activationNames())('%s', (name) => {
    traced([null, 4], (x) => expect(everyOrder(getActivation(name).apply(x), [x])).not.toContain(null));
  });
});

describe('losses, by what is predicted', () => {
  test.each(losses.names().filter((name) => name !== 'ctc'))('%s', (name) => {
    traced([2, 4], (x) => {
      const isSparse = /sparse|circle|generalized/i.test(name);
      const oneHot = [
        [0, 1, 0, 0],
        [1, 0, 0, 0],
      ];
      const labels = isSparse ? ops.constant([1, 0], 'int32') : ops.constant(oneHot);
      expect(everyOrder(losses.get(name).call(labels, ops.sigmoid(x)), [x])).not.toContain(null);
    });
  });

  test('ctc: once; its kernel gives a gradient, but none of that', () => {
    traced([2, 4, 5], (x) => {
      const labels = ops.constant(
        [
          [1, 2],
          [3, 1],
        ],
        'int32',
      );
      const loss = losses.get('ctc').call(labels, x);
      const [dx] = gradients(loss, [x]);
      expect(dx).not.toBeNull();
      expect(() => gradients(ops.square(dx as Output), [x])).toThrow(
        expect.objectContaining({ code: 'ERR_GRADIENT', message: expect.stringContaining('PreventGradient') }),
      );
    });
  });
});

describe('regularizers, by the weight', () => {
  test.each(regularizers.names())('%s', (name) => {
    traced([3, 3], (x) => expect(everyOrder(regularizers.get(name)?.(x) as Output, [x])).not.toContain(null));
  });
});
