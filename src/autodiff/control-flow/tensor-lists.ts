import type { Operation, Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { typeAttr } from '../attributes.js';
import { addRule } from '../registry.js';
import { input, rule } from '../rule.js';

/** A list's gradient is a list of its elements' gradients. */

rule('TensorListFromTensor', (op, dy, inputs) => [
  ops.tensorListStack(dy, elementShapeOf(input(inputs, 0)), { elementDtype: typeAttr(op, 'element_dtype') }),
  null,
]);
rule('TensorListStack', (_, dy, inputs) => [ops.tensorListFromTensor(dy, input(inputs, 1)), null]);
rule('TensorListGetItem', (op, dy, inputs) => {
  const list = input(inputs, 0);
  const zeros = emptyLike(op, list);
  return [ops.tensorListSetItem(zeros, input(inputs, 1), dy), null, null];
});
rule('TensorListSetItem', (op, dy, inputs) => {
  const [index, item] = [input(inputs, 1), input(inputs, 2)];
  const elementDtype = typeAttr(op, 'element_dtype');
  const without = ops.tensorListSetItem(dy, index, ops.zerosLike(item));
  return [without, null, ops.tensorListGetItem(dy, index, ops.shape(item), { elementDtype })];
});
rule('TensorListPushBack', (op, dy, inputs) => {
  const elementDtype = typeAttr(op, 'element_dtype');
  const { outputHandle, tensor } = ops.tensorListPopBack(dy, ops.shape(input(inputs, 1)), { elementDtype });
  return [outputHandle, tensor];
});
addRule('TensorListPopBack', (op, [list, item]) => {
  const [inputList] = op.inputs;
  const rest = list ?? emptyLike(op, op.output(0));
  const last = item ?? ops.zerosLike(op.output(1));
  return inputList ? [ops.tensorListPushBack(rest, last), null] : [];
});

/** A list of as many elements, none of them set: they count as zeros. */
function emptyLike(op: Operation, list: Output): Output {
  const shape = ops.tensorListElementShape(list, { shapeType: 'int32' });
  return ops.tensorListReserve(shape, ops.tensorListLength(list), { elementDtype: typeAttr(op, 'element_dtype') });
}

function elementShapeOf(x: Output): Output {
  return ops.slice(ops.shape(x), [1], [-1]);
}
