import type { DType } from '../../core/dtype.js';
import type { Program } from '../../core/program.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import { constant } from '../initializers.js';

/** A variable and what Keras' files call it. */
export interface NamedVariable {
  readonly name: string;
  readonly variable: Variable;
}

/** One piece of state an optimizer keeps for each variable. */
export interface SlotSpec {
  /** How the optimizer asks for it. */
  readonly key: string;
  /** End of its name in Keras' files, after the variable's; default the key. Empty: the variable's name alone. */
  readonly suffix?: string;
  /** A number, or the `variable`'s own value. Default 0. */
  readonly initialValue?: number | 'variable';
  /** Which variables have it. Default all. */
  readonly of?: (variable: Variable) => boolean;
  /** Default: the variable's. */
  readonly shape?: (variable: Variable) => readonly number[];
  /** Default: the variable's. */
  readonly dtype?: (variable: Variable) => DType;
  /** Whether it is only ours: the library's op wants it, Keras' files do not have it. */
  readonly scratch?: boolean;
}

/** End of a slot's name in Keras' files. */
export function slotName({ key, suffix = key }: SlotSpec): string {
  return suffix;
}

/** Whether a variable has this slot. */
export function hasSlot({ of = () => true }: SlotSpec, variable: Variable): boolean {
  return of(variable);
}

/** The slots of all variables of an optimizer. */
export class Slots {
  /** Those Keras' files have, in their order. */
  readonly named: NamedVariable[] = [];
  /** All of them, in the order they were made in. */
  readonly all: Variable[] = [];
  readonly #byVariable = new Map<Variable, Map<string, Variable>>();

  /** @param groups slots of one group alternate: a of the first variable, b of the first, a of the second … */
  constructor(
    optimizer: string,
    program: Program,
    variables: readonly Variable[],
    groups: readonly (readonly SlotSpec[])[],
  ) {
    for (const group of groups) {
      for (const variable of variables) {
        for (const spec of group.filter((one) => hasSlot(one, variable))) this.#add(optimizer, program, variable, spec);
      }
    }
  }

  of(variable: Variable, key: string): Variable {
    const slot = this.#byVariable.get(variable)?.get(key);
    if (slot) return slot;
    throw new TensorFlowError('ERR_ARGUMENT', `Variable '${variable.name}' has no slot '${key}' in this optimizer.`);
  }

  #add(optimizer: string, program: Program, variable: Variable, spec: SlotSpec): void {
    const plain = variable.name.replaceAll(/[/:]/g, '_');
    const suffix = slotName(spec);
    const name = `${optimizer}/${suffix ? `${plain}_${suffix}` : plain}`;
    const { initialValue = 0 } = spec;
    const slot = program.variable(name, {
      shape: spec.shape?.(variable) ?? variable.shape,
      dtype: spec.dtype?.(variable) ?? variable.dtype,
      trainable: false,
      initializer: initialValue === 'variable' ? () => variable.read() : constant({ value: initialValue }),
    });
    const slots = this.#byVariable.get(variable) ?? new Map<string, Variable>();
    this.#byVariable.set(variable, slots.set(spec.key, slot));
    this.all.push(slot);
    if (!spec.scratch) this.named.push({ name, variable: slot });
  }
}
