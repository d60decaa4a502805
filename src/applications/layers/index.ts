import { factory } from '../../layers/factory.js';
import { registerLayer } from '../../layers/registry.js';
import { CustomScaleLayer } from './custom-scale-layer.js';
import { LayerScale } from './layer-scale.js';
import { StochasticDepth } from './stochastic-depth.js';

registerLayer(CustomScaleLayer, LayerScale, StochasticDepth);

/** {@inheritDoc CustomScaleLayer} */
export const customScaleLayer = factory(CustomScaleLayer);
/** {@inheritDoc LayerScale} */
export const layerScale = factory(LayerScale);
/** {@inheritDoc StochasticDepth} */
export const stochasticDepth = factory(StochasticDepth);
