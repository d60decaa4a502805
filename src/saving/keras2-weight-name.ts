import type { Layer } from '../layers/layer.js';

/** What Keras 2 calls weights of some classes, by the names they have here. */
const RENAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  DepthwiseConv1D: { kernel: 'depthwise_kernel' },
  DepthwiseConv2D: { kernel: 'depthwise_kernel' },
};

/** A weight's own name in Keras 2 and tfjs, from its name in Keras 3: `depthwise_kernel`. */
export function keras2WeightName(layer: Layer, name: string): string {
  return RENAMED[(layer.constructor as typeof Layer).className]?.[name] ?? name;
}
