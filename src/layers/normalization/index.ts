import { factory } from '../factory.js';
import { registerLibraryLayer } from '../registry.js';
import { BatchNormalization } from './batch-normalization.js';
import { GroupNormalization } from './group-normalization.js';
import { LayerNormalization } from './layer-normalization.js';
import { RMSNormalization } from './rms-normalization.js';
import { SpectralNormalization } from './spectral-normalization.js';
import { UnitNormalization } from './unit-normalization.js';

registerLibraryLayer(
  BatchNormalization,
  LayerNormalization,
  GroupNormalization,
  RMSNormalization,
  UnitNormalization,
  SpectralNormalization,
);

export {
  BatchNormalization,
  GroupNormalization,
  LayerNormalization,
  RMSNormalization,
  SpectralNormalization,
  UnitNormalization,
};

/** {@inheritDoc BatchNormalization} */
export const batchNormalization = factory(BatchNormalization);
/** {@inheritDoc LayerNormalization} */
export const layerNormalization = factory(LayerNormalization);
/** {@inheritDoc GroupNormalization} */
export const groupNormalization = factory(GroupNormalization);
/** {@inheritDoc RMSNormalization} */
export const rmsNormalization = factory(RMSNormalization);
/** {@inheritDoc UnitNormalization} */
export const unitNormalization = factory(UnitNormalization);
/** {@inheritDoc SpectralNormalization} */
export const spectralNormalization = factory(SpectralNormalization);
