import { listOf } from '../../core/several.js';
import { messageOf } from '../../errors/errors.js';
import type { Layer } from '../../layers/layer.js';
import { isSymbolic } from '../../layers/symbolic.js';
import type { ModelConfig } from '../../models/config-dialect.js';
import type { Model } from '../../models/model.js';
import { modelFrom } from '../keras-model.js';
import { isRecord } from '../tfjs/manifest.js';
import type { InspectedLayer, InspectedModel } from './inspection.js';

/** A model as its configuration describes it; where its layers cannot be made here, only their names. */
export function inspectConfig(where: string, config: ModelConfig): InspectedModel {
  try {
    using model = modelFrom(where, config);
    return inspectModel(model);
  } catch (error) {
    return { ...namesIn(config), problem: messageOf(error) };
  }
}

function inspectModel(model: Model): InspectedModel {
  const { name, modelInputs, dtype, inputShape = null } = model;
  const inputs = modelInputs ?? [{ name: 'input', dtype, shape: inputShape ?? undefined }];
  return {
    className: classOf(model),
    name,
    inputs: inputs.map((input) => ({ ...input, shape: input.shape ?? null })),
    layers: model.layers.map(inspectLayer),
  };
}

function inspectLayer(layer: Layer): InspectedLayer {
  const [first] = layer.nodes[0] ? listOf(layer.nodes[0].outputs, isSymbolic) : [];
  return {
    name: layer.name,
    className: classOf(layer),
    outputShape: first?.shape ?? layer.outputShape ?? null,
    parameters: layer.countParams(),
    trainable: layer.trainable,
  };
}

function classOf(layer: Layer): string {
  return (layer.constructor as typeof Layer).className;
}

function namesIn({ class_name: className, config }: ModelConfig): InspectedModel {
  const { name, layers } = isRecord(config) ? config : { name: undefined, layers: config };
  const listed = (Array.isArray(layers) ? layers : []).filter(isRecord);
  return {
    className,
    name: String(name ?? ''),
    inputs: [],
    layers: listed.map(({ class_name, name: own, config: inner }) => ({
      name: String(own ?? (isRecord(inner) ? inner.name : '')),
      className: String(class_name),
    })),
  };
}
