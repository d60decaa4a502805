import { TensorFlowError } from '../errors/errors.js';
import type { AttrEntry } from '../native/binding.js';
import { constant } from './constant.js';
import { type DType, dtypeNumber, isFloating, parseDType } from './dtype.js';
import { type Initializer, type InitializerIdentifier, toInitializer } from './initializer.js';
import { nodeName } from './naming.js';
import { type Operation, Output } from './output.js';
import type { Program } from './program.js';
import { currentScope, isTracing, type Scope } from './scope.js';
import { formatShape, isCompatible, wholeShape } from './shape.js';
import { type Tensor, type TensorLike, toTensor } from './tensor.js';

export type { Initializer } from './initializer.js';

/** Adds to the loss what a weight’s size costs. */
export type Penalty = (weight: Output) => Output;
/** Puts a weight back into its bounds after an update. */
export type Constraint = (weight: Output) => Output;

export interface VariableOptions {
  shape: readonly number[];
  /** Default `float32`. */
  dtype?: DType;
  /** The first value, by name or as a function: `'glorotUniform'`, `tf.initializers.constant({ value: 1 })`. */
  initializer: InitializerIdentifier;
  /** Whether optimizers update it. Default true. */
  trainable?: boolean;
}

/** State of a program that lives through its runs: a weight, a counter, a metric. Made by `program.variable`. */
export class Variable {
  readonly program: Program;
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The resource itself, as update ops take it. */
  readonly handle: Output;
  trainable: boolean;
  /** @internal */
  readonly initializer: Initializer;

  /** @internal A loaded variable brings its handle. */
  constructor(program: Program, name: string, options: VariableOptions & { handle?: Output }) {
    this.program = program;
    this.shape = wholeShape(`Variable '${name}'`, options.shape);
    this.dtype = parseDType(options.dtype ?? 'float32');
    this.trainable = options.trainable ?? true;
    this.initializer = toInitializer(options.initializer);
    this.name = options.handle ? name : program.graph.uniqueName(name);
    this.handle = options.handle ?? this.#makeHandle();
  }

  #makeHandle(): Output {
    const attrs: AttrEntry[] = [
      ['dtype', 'type', dtypeNumber(this.dtype)],
      ['shape', 'shape', this.shape],
      // Why: an empty shared name would make all variables of a session one and the same.
      ['shared_name', 'string', this.name],
    ];
    return this.program.graph.add({ type: 'VarHandleOp', name: this.#nodeName(), attrs }, [], undefined).output();
  }

  #nodeName(): string {
    const name = nodeName(this.name);
    return name === this.name ? name : this.program.graph.uniqueName(name);
  }

  /** The value at this point of the function being traced, in the dtype that its scope reads in. */
  read(): Output {
    const scope = currentScope();
    return inDType(this.#read(scope), scope);
  }

  /** The dtype that {@link read} gives here. */
  get readDType(): DType {
    const readsAs = isTracing() ? currentScope().readsAs : undefined;
    return readsAs !== undefined && isFloating(this.dtype) ? readsAs : this.dtype;
  }

  #read(scope: Scope): Output {
    const handle = scope.own(this.handle, this.name);
    const known = scope.trace?.values.get(handle);
    if (known) return known;
    const value = scope
      .add({
        type: 'ReadVariableOp',
        name: `${this.name}/Read`,
        inputs: [handle],
        attrs: [['dtype', 'type', dtypeNumber(this.dtype)]],
        stateful: true,
      })
      .output()
      // Why: in a function body the library knows the handle for a resource, not for what it holds.
      .setShape(this.shape);
    scope.trace?.values.set(handle, value);
    return value;
  }

  /**
   * Inside a function: an update that runs whenever the function runs. Outside: sets the value now.
   *
   * @throws ERR_SHAPE or ERR_DTYPE when the value has another shape or dtype
   */
  assign(value: Output): Operation;
  assign(value: Tensor | TensorLike): Promise<void>;
  assign(value: Output | Tensor | TensorLike): Operation | Promise<void> {
    if (value instanceof Output || isTracing()) return this.#update('AssignVariableOp', value);
    return this.program.assign([[this, value]]);
  }

  /**
   * Inside a function: adds to the value.
   *
   * @throws ERR_SHAPE or ERR_DTYPE when the value has another shape or dtype
   */
  assignAdd(delta: Output | Tensor | TensorLike): Operation {
    return this.#update('AssignAddVariableOp', delta);
  }

  /**
   * Inside a function: takes from the value.
   *
   * @throws ERR_SHAPE or ERR_DTYPE when the value has another shape or dtype
   */
  assignSub(delta: Output | Tensor | TensorLike): Operation {
    return this.#update('AssignSubVariableOp', delta);
  }

  /**
   * Inside a function: rows of the value, without reading all of it.
   *
   * @param indices int32 or int64 `[…]`
   * @returns `[…, ...shape.slice(1)]`; its gradient keeps to these rows
   */
  gather(indices: Output): Output {
    const rows = currentScope()
      .add({
        type: 'ResourceGather',
        name: `${this.name}/Gather`,
        inputs: [this.handle, indices],
        attrs: this.#rowAttrs(indices),
        stateful: true,
      })
      .output();
    // Why: in a function body the library knows the handle for a resource, not for what it holds.
    if (indices.shape) rows.setShape([...indices.shape, ...this.shape.slice(1)]);
    return inDType(rows, currentScope());
  }

  /**
   * Inside a function: sets rows of the value.
   *
   * @param indices int32 or int64 `[…]`
   * @param rows `[…, ...shape.slice(1)]`; of rows for one index, one wins
   */
  scatterUpdate(indices: Output, rows: Output): Operation {
    return this.#scatter('ResourceScatterUpdate', indices, rows);
  }

  /** Inside a function: adds to rows of the value; what is for one index adds up. */
  scatterAdd(indices: Output, rows: Output): Operation {
    return this.#scatter('ResourceScatterAdd', indices, rows);
  }

  /** The value now. */
  async value(): Promise<Tensor> {
    const [value] = await this.program.values([this]);
    return value as Tensor;
  }

  /** The tensor this variable would be set to, checked. */
  accept(value: Tensor | TensorLike): Tensor {
    const host = toTensor(value, this.dtype);
    this.#check(host);
    return host;
  }

  #check({ dtype, shape }: Tensor | Output): void {
    const fits = shape === null || isCompatible(this.shape, shape);
    if (fits && dtype === this.dtype) return;
    throw new TensorFlowError(
      fits ? 'ERR_DTYPE' : 'ERR_SHAPE',
      `Variable '${this.name}' holds ${this.dtype} ${formatShape(this.shape)}, got ${dtype} ${formatShape(shape)}.`,
    );
  }

  #update(type: string, given: Output | Tensor | TensorLike): Operation {
    const scope = currentScope();
    const value = given instanceof Output ? this.#asKept(given, scope) : constant(given, this.dtype);
    this.#check(value);
    return scope.add({
      type,
      name: `${this.name}/Update`,
      inputs: [this.handle, value],
      attrs: [['dtype', 'type', dtypeNumber(this.dtype)]],
      stateful: true,
    });
  }

  /** What was computed from values read in another dtype goes back into the variable's. */
  #asKept(value: Output, scope: Scope): Output {
    return scope.readsAs !== undefined && isFloating(this.dtype) ? cast(value, this.dtype, scope) : value;
  }

  #scatter(type: string, indices: Output, rows: Output): Operation {
    const inputs = [this.handle, indices, rows];
    const attrs = this.#rowAttrs(indices);
    return currentScope().add({ type, name: `${this.name}/Update`, inputs, attrs, stateful: true });
  }

  #rowAttrs(indices: Output): AttrEntry[] {
    return [
      ['dtype', 'type', dtypeNumber(this.dtype)],
      ['Tindices', 'type', dtypeNumber(indices.dtype)],
    ];
  }

  toString(): string {
    return `Variable('${this.name}' ${this.dtype} ${formatShape(this.shape)})`;
  }
}

function inDType(value: Output, scope: Scope): Output {
  return scope.readsAs === undefined ? value : cast(value, scope.readsAs, scope);
}

/** A float in another dtype. Why by a node of its own: this room has no ops. */
function cast(value: Output, dtype: DType, scope: Scope): Output {
  if (value.dtype === dtype || !isFloating(value.dtype)) return value;
  const attrs: AttrEntry[] = [
    ['SrcT', 'type', dtypeNumber(value.dtype)],
    ['DstT', 'type', dtypeNumber(dtype)],
  ];
  return scope.add({ type: 'Cast', name: 'Cast', inputs: [value], attrs }).output();
}
