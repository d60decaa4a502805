import { execFileSync } from 'node:child_process';
import { cpuFeatures } from '../core/cpu-features.js';
import { devices } from '../core/devices.js';
import { unknownName } from '../errors/suggest.js';
import type { Layer } from '../layers/layer.js';
import { LossScaleOptimizer } from '../nn/optimizers/loss-scale-optimizer.js';
import type { Compiled, Precision } from '../training/compiled.js';
import type { Model } from './model.js';

type Policy = Exclude<Precision, 'auto'>;

const PRECISIONS: readonly Precision[] = ['float32', 'mixed_bfloat16', 'mixed_float16', 'auto'];

/**
 * Lets the layers of a model compute in this precision: all that keep their weights in float32, but those whose outputs
 * are the model's.
 *
 * @returns whether that is another one for any layer
 * @throws ERR_UNKNOWN_NAME
 */
export function setPrecision(model: Model, precision: Precision): boolean {
  if (!PRECISIONS.includes(precision)) throw unknownName('precision', precision, PRECISIONS);
  const policy = precision === 'auto' ? fastestPrecision() : precision;
  const last = lastLayers(model);
  const wanted = (layer: Layer): Policy => (last.has(layer) ? 'float32' : policy);
  const others = withSublayers(model).filter(
    (layer) => layer.dtype === 'float32' && layer.dtypePolicy.name !== wanted(layer),
  );
  for (const layer of others) layer.setDTypePolicy(wanted(layer));
  return others.length > 0;
}

/** Gradients in float16 vanish where the loss is not scaled, so the optimizer is wrapped, as Keras does it. */
export function withLossScale(compiled: Compiled, precision: string): Compiled {
  if (precision !== 'mixed_float16' || compiled.optimizer instanceof LossScaleOptimizer) return compiled;
  return { ...compiled, optimizer: new LossScaleOptimizer({ innerOptimizer: compiled.optimizer }) };
}

/** The precision that the device of this process multiplies fastest, of those that training bears. */
export function fastestPrecision(): Policy {
  if (devices().some(({ type }) => type === 'GPU')) return precisionOfGpu(computeCapability());
  const features = cpuFeatures();
  return ['avx512 bf16', 'amx bf16'].some((feature) => features.includes(feature)) ? 'mixed_bfloat16' : 'float32';
}

/** Tensor cores know float16 from Volta (7.0) on, bfloat16 from Ampere (8.0) on. */
export function precisionOfGpu(capability: number): Policy {
  if (capability >= 8) return 'mixed_bfloat16';
  return capability >= 7 ? 'mixed_float16' : 'float32';
}

/** Of the least capable card; 0 where the driver's tool does not say. */
function computeCapability(): number {
  try {
    const said = execFileSync('nvidia-smi', ['--query-gpu=compute_cap', '--format=csv,noheader'], { encoding: 'utf8' });
    return Math.min(...said.trim().split('\n').map(Number)) || 0;
  } catch {
    return 0;
  }
}

function withSublayers(layer: Layer): Layer[] {
  return [layer, ...layer.sublayers.flatMap(withSublayers)];
}

/** The layers whose outputs are the model's, with all inside them. */
function lastLayers(model: Model): Set<Layer> {
  const inside = (layer: Layer): Layer[] =>
    isModel(layer) ? layer.outputLayers.flatMap(inside) : withSublayers(layer);
  return new Set(inside(model));
}

function isModel(layer: Layer): layer is Model {
  return 'outputLayers' in layer;
}
