import { type OpDef, type OpDef_ArgDef, DataType as Type } from '../../src/proto/graph.js';

const VALUES: readonly Type[] = [Type.DT_FLOAT, Type.DT_DOUBLE, Type.DT_COMPLEX64, Type.DT_COMPLEX128];

/** Families that have no derivative, or none that anybody could ask for here; the first that matches says why. */
const FAMILIES: readonly (readonly [reason: string, types: RegExp])[] = [
  ['control flow of TensorFlow 1', /^(Enter|Exit|Merge|NextIteration|Switch)$/],
  ['for another compiler', /^(Xla|Risc|Mlir|TPU)|^ReadVariableXla|^Segment.*V2$/],
  [
    'for TPUs',
    /SparseCore|Minibatch|DedupData|^(ConvertToCooTensor|TopK(With)?Unique|MakeUnique|CrossReplicaSum|AllToAll|CollectivePermute)$/,
  ],
  ['between machines', /^(Collective|Nccl|DTensor|Relayout|CopyToMesh|Rpc|RemoteCall|Recv|Send)/],
  ['for GPUs only', /^(Cudnn|CTCLossV2$)/],
  [
    'of whole numbers that stand for others',
    /Quantized|^Uniform(Quantize|Dequantize|Requantize)|^(Quantize(V2|DownAnd)|Dequantize$|Requanti)/,
  ],
  [
    'records of data sets',
    /Dataset|Iterator|^(Optional|Parse|DecodeCSV|CompressElement|UncompressElement|GetElementAtIndex|MapDefun|EncodeProto|SerializeIterator)/,
  ],
  [
    'keeps values: queues, stacks, tables, arrays',
    /^(Queue|Stack|Stage|Unstage|Map(Peek|Stage|Unstage)|OrderedMap|TensorArray|TensorList|TensorMap|Lookup|Barrier|GetSession|Anonymous|MutableDense|ResourceAccumulator|ResourceConditional|SparseConditional|Batch$|Unbatch|BatchFunction|ConditionalAccumulator|ImmutableConst|LoadAndRemap|Restore)/,
  ],
  [
    'of values in variants',
    /^(RaggedTensor(To|From)Variant|CompositeTensorVariant|SparseMatrix|CSRSparse|DenseToCSR|SparseTensorToCSR)/,
  ],
  [
    'reports and checks',
    /Summary|^(Debug(Identity|Numeric|Gradient)|Assert|Print|CheckPinned|CustomAggregator|Copy(Host)?$|CheckNumericsV2|SetStats|StatsAggregator)/,
  ],
  ['of decision trees and linear solvers', /^(BoostedTrees|Sdca|Tree|DecisionTree|KMC2|Kmeans)/],
  ['runs other languages', /^(PyFunc|EagerPyFunc|SymbolicGradient|MlirPassthroughOp)/],
  [
    'a draw: its sample does not depend smoothly on what it is given',
    /^(Random(Poisson|Shuffle|Uniform|Standard|Index)|Stateful(?!Partitioned)|Stateless(SampleDistorted|Random(Poisson|Binomial|Uniform|Normal)|Truncated|Multinomial|Shuffle|Parameterized)|ParameterizedTruncated|TruncatedNormal|Multinomial|NonDeterministic|FixedUnigram|SampleDistorted|Skipgram)/,
  ],
  [
    'rounds, counts, compares, or takes bits',
    /^(Floor|FloorDiv|TruncateDiv|Ceil|Round|Rint|Bitcast|.*Bincount|.*CountSparseOutput|Histogram|Bucketize|Unique.*|EditDistance|OneHot|ListDiff|OnesLike|ZerosLike|Sign|Mfcc|Unravel|ApproximateEqual|Empty|KthOrderStatistic|StopGradient|PreventGradient|NextAfter)$/,
  ],
  [
    'chooses boxes, draws them',
    /NonMaxSuppression|^(GenerateBoundingBoxProposals|DrawBoundingBoxes|CTC(Beam|Greedy)|NearestNeighbors)/,
  ],
  ['fused from others, for inference', /^Fused(Pad|ResizeAndPad)Conv2D$/],
  ['writes into its input', /^(Inplace|DeepCopy)/],
];

/** Why nobody asks for a gradient of the op; null for those that have one, or should. */
export function whyNot(op: OpDef): string | null {
  if (op.deprecation) return 'removed from graphs of this version';
  if ([...op.inputArg, ...op.outputArg].some((arg) => arg.isRef)) return 'of TensorFlow 1, by reference';
  const reads =
    op.inputArg.some((arg) => arg.type === Type.DT_RESOURCE) && /^(ResourceGather|ReadVariable)/.test(op.name);
  if (!op.outputArg.some((arg) => mayBeValue(op, arg))) return 'gives no floating numbers';
  if (!reads && !op.inputArg.some((arg) => mayBeValue(op, arg))) return 'takes no floating numbers';
  return FAMILIES.find(([, types]) => types.test(op.name))?.[0] ?? null;
}

function mayBeValue(op: OpDef, arg: OpDef_ArgDef): boolean {
  if (!arg.typeAttr) return arg.typeListAttr !== '' || VALUES.includes(arg.type);
  const allowed = op.attr.find(({ name }) => name === arg.typeAttr)?.allowedValues?.value;
  return allowed?.case !== 'list' || allowed.value.type.some((type) => VALUES.includes(type));
}
