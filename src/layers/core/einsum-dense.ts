import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import type { Initializer, Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import { initializers } from '../../nn/index.js';
import * as ops from '../../ops/index.js';
import { type KernelOptions, kernelOptionNames, LayerWithKernel } from '../layer-with-kernel.js';

export interface EinsumDenseOptions extends KernelOptions {
  /** Input, kernel and output axes: `abc,cd->abd`; an ellipsis stands for axes at the left or at the right. */
  equation: string;
  /** Shape without the batch; null where it follows from the input. */
  outputShape: number | readonly (number | null)[];
  /** Output axes that the bias has, such as `d`; null: no bias. Default null. */
  biasAxes?: string | null;
}

/** What an equation says: shapes of the weights, and which kernel axes are inputs and outputs. */
interface Analysis {
  readonly kernel: number[];
  readonly bias: number[] | null;
  readonly inputAxes: number[];
  readonly outputAxes: number[];
}

const EQUATION = /^(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?$/;

/**
 * A dense layer over any axes: `activation(einsum(equation, x, kernel) + bias)` (Keras `EinsumDense`).
 *
 * Input and output shapes: as the equation says.
 *
 * @example
 * einsumDense({ equation: 'abc,cd->abd', outputShape: [null, 64], biasAxes: 'd' });
 */
export class EinsumDense extends LayerWithKernel {
  static override readonly className = 'EinsumDense';
  static override readonly optionNames = [
    'equation',
    'outputShape',
    'biasAxes',
    ...kernelOptionNames.filter((name) => name !== 'useBias'),
  ];

  readonly equation: string;
  readonly partialOutputShape: readonly (number | null)[];
  readonly biasAxes: string | null;
  #kernel!: Variable;
  #bias: Variable | undefined;

  constructor(options: EinsumDenseOptions) {
    super(options);
    this.equation = options.equation;
    this.partialOutputShape = [options.outputShape].flat();
    this.biasAxes = options.biasAxes ?? null;
    if (EQUATION.test(this.equation ?? '')) return;
    throw this.#wrong(
      `equation must be like 'abc,cd->abd', '...x,xy->...y' or 'ab...,bc->ac...', got '${this.equation}'`,
    );
  }

  override build(inputShape: Shape): void {
    const { kernel, bias, inputAxes, outputAxes } = this.#analyse(inputShape);
    const options = this.kernelOptions(kernel);
    const initializer = withAxes(options.initializer, inputAxes, outputAxes);
    this.#kernel = this.addWeight('kernel', { ...options, initializer });
    this.#bias = bias ? this.addBias(bias) : undefined;
  }

  override call(x: Output): Output {
    const y = ops.einsum([x, this.#kernel.read()], { equation: this.equation });
    return this.activation.apply(this.#bias ? ops.add(y, this.#bias.read()) : y);
  }

  #analyse(inputShape: Shape): Analysis {
    if (inputShape === null) throw this.#misfit(inputShape, 'an input of known rank');
    const [, left, input = '', right, weight = '', , output = ''] = EQUATION.exec(this.equation) ?? [];
    const elided = left || right ? inputShape.length - input.length : 0;
    if (elided < 0 || (!elided && input.length !== inputShape.length)) {
      throw this.#misfit(inputShape, `an input of axes '${left ?? ''}${input}${right ?? ''}'`);
    }
    const lengths = new Map([...input].map((axis, i) => [axis, inputShape[left ? i + elided : i] ?? null]));
    // The batch is the output's first axis; what the ellipsis stands for follows it, or ends the shape.
    const whole = left
      ? [...inputShape.slice(0, Math.max(elided, 1)), ...this.partialOutputShape]
      : [inputShape[0] ?? null, ...this.partialOutputShape];
    const outputs = new Map([...output].map((axis, i) => [axis, whole[left ? i + elided : i] ?? null]));
    const unmatched = [...output].find((axis) => !lengths.has(axis) && !weight.includes(axis));
    if (unmatched)
      throw this.#wrong(`output axis '${unmatched}' of '${this.equation}' is neither of the input nor of the kernel`);
    const lengthOf = (axis: string): number => {
      const length = outputs.get(axis) ?? lengths.get(axis);
      if (length == null)
        throw this.#wrong(`kernel axis '${axis}' of '${this.equation}' has no length; give it in outputShape`);
      return length;
    };
    return {
      kernel: [...weight].map(lengthOf),
      bias: this.#biasShape(output, outputs, right ? elided : 0),
      inputAxes: [...weight].flatMap((axis, i) => (outputs.has(axis) ? [] : [i])),
      outputAxes: [...weight].flatMap((axis, i) => (outputs.has(axis) ? [i] : [])),
    };
  }

  /** From the first axis with a bias on, 1 where there is none. */
  #biasShape(output: string, lengths: ReadonlyMap<string, number | null>, elidedRight: number): number[] | null {
    const axes = this.biasAxes;
    if (axes === null) return null;
    const stranger = [...axes].find((axis) => !output.includes(axis));
    if (stranger) throw this.#wrong(`bias axis '${stranger}' is not among the output axes '${output}'`);
    const first = Math.min(...[...axes].map((axis) => output.indexOf(axis)));
    const own = [...output.slice(first)].map((axis) => {
      if (!axes.includes(axis)) return 1;
      const length = lengths.get(axis);
      if (length == null) throw this.#wrong(`bias axis '${axis}' has no length; give it in outputShape`);
      return length;
    });
    return [...own, ...Array<number>(elidedRight).fill(1)];
  }

  #wrong(what: string): TensorFlowError {
    return new TensorFlowError('ERR_ARGUMENT', `EinsumDense '${this.name}': ${what}.`);
  }

  #misfit(inputShape: Shape, expected: string): TensorFlowError {
    return this.shapeError(expected, formatKerasShape(inputShape), `Its equation is '${this.equation}'.`);
  }

  override getConfig(): Record<string, unknown> {
    const { use_bias: _, ...config } = this.kernelConfig();
    return {
      ...super.getConfig(),
      equation: this.equation,
      output_shape: this.partialOutputShape,
      bias_axes: this.biasAxes,
      activity_regularizer: null,
      ...config,
      quantization_config: null,
    };
  }
}

/** A random initializer that scales by lengths of axes is told which are which. */
function withAxes(initializer: Initializer, inputAxes: readonly number[], outputAxes: readonly number[]): Initializer {
  if (!('getConfig' in initializer)) return initializer;
  const { class_name, config } = initializers.serialize(initializer);
  if (!('input_axes' in config) || (config.input_axes !== null && config.output_axes !== null)) return initializer;
  return initializers.deserialize({
    class_name,
    config: { ...config, input_axes: inputAxes, output_axes: outputAxes },
  });
}
