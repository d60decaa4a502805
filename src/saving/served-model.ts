import { keyOf, type ProgramFunction } from '../core/function.js';
import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import { leavesOf } from '../core/reachable.js';
import { replay } from '../core/replay.js';
import { TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';
import type { LayerInput, LayerOutput, NamedWeight } from '../layers/layer.js';
import { Model } from '../models/model.js';
import type { ModelInput } from '../models/model-input.js';

/** Signatures that say what a model predicts, the first that is there counts. */
const SERVING = ['serving_default', 'serve', 'predict'];

/**
 * A SavedModel or graph without layers, whoever wrote it: it predicts, evaluates once compiled, and has its signatures, training
 * steps included, as functions. Its weights can be read and set.
 *
 * Data for several inputs goes by name or in the signature's order; several outputs come by name.
 *
 * @example
 * const model = await loadModel('exported_by_keras');
 * const scores = await model.predict(x);
 * await model.program.get('train_step')({ x, y });
 */
export class ServedModel extends Model {
  static override readonly className = 'ServedModel';

  /** What predicts. */
  readonly signature: ProgramFunction;

  /**
   * @param signature what predicts, or its name; by default one of those that servers look for, else the first
   * @throws ERR_UNKNOWN_NAME where there is no such signature, or none
   */
  constructor(name: string, program: Program, signature?: ProgramFunction | string) {
    super({ name });
    this.signature = typeof signature === 'function' ? signature : servingOf(name, program, signature);
    (this as Model).build(program, null);
    const inputs = this.modelInputs;
    const outputs = leavesOf(this.signature.outputs);
    this.inputShape = inputs.length === 1 ? inputs[0]?.shape : undefined;
    this.outputShape = outputs.length === 1 ? outputs[0]?.[1].shape : undefined;
  }

  /** Its signatures by name. */
  get signatures(): Readonly<Record<string, ProgramFunction>> {
    return this.program.functions;
  }

  override get modelInputs(): readonly ModelInput[] {
    return leavesOf(this.signature.inputs).map(([path, { dtype, shape }]) => ({
      name: keyOf(path, 'input'),
      dtype,
      shape: shape ?? undefined,
    }));
  }

  override get outputNames(): readonly string[] {
    return leavesOf(this.signature.outputs).map(([path]) => keyOf(path, 'output'));
  }

  /** The variables of the graph; which layers they are of is not known. */
  override get namedWeights(): NamedWeight[] {
    const { variables, generator } = this.program;
    return variables
      .filter((variable) => variable !== generator)
      .map((variable) => ({ variable, layer: this.name, name: variable.name }));
  }

  override call<O extends LayerOutput = Output>(x: LayerInput): NoInfer<O> {
    const results = replay(this.signature, 'op' in x ? [x] : x);
    const [only, second] = results;
    const named = () => Object.fromEntries(this.outputNames.map((name, i) => [name, results[i] as Output]));
    return (only && !second ? only : named()) as NoInfer<O>;
  }

  override trainStep(): never {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `Model '${this.name}' is a graph without layers, which fit cannot train; call a signature that does, e.g. model.program.get('train_step').`,
    );
  }

  /** Functions, variables and sizes, printed. */
  override summary(): void {
    console.log(`${this.program.describe()}`);
  }
}

function servingOf(model: string, { functions }: Program, asked: string | undefined): ProgramFunction {
  const names = Object.keys(functions);
  const chosen = asked ?? SERVING.find((one) => names.includes(one)) ?? names[0];
  const found = chosen !== undefined && names.includes(chosen) ? functions[chosen] : undefined;
  if (!found) throw unknownName(`signature of '${model}'`, String(asked), names);
  if (asked === undefined && names.length > 1 && chosen !== undefined && !SERVING.includes(chosen)) {
    process.emitWarning(
      `'${model}' predicts by its signature '${chosen}', the first of ${names.join(', ')}; loadModel(path, { signature }) takes another.`,
    );
  }
  return found;
}
