import { factory } from '../factory.js';
import { registerLibraryLayer } from '../registry.js';
import { CategoryEncoding } from './category-encoding.js';
import { Discretization } from './discretization.js';
import { HashedCrossing } from './hashed-crossing.js';
import { Hashing } from './hashing.js';
import { IntegerLookup } from './integer-lookup.js';
import { MelSpectrogram } from './mel-spectrogram.js';
import { Normalization } from './normalization.js';
import { Pipeline } from './pipeline.js';
import { Rescaling } from './rescaling.js';
import { STFTSpectrogram } from './stft-spectrogram.js';
import { StringLookup } from './string-lookup.js';
import { TextVectorization } from './text-vectorization.js';

export * from './image/index.js';

registerLibraryLayer(
  Pipeline,
  Rescaling,
  Normalization,
  CategoryEncoding,
  Discretization,
  HashedCrossing,
  Hashing,
  StringLookup,
  IntegerLookup,
  TextVectorization,
  MelSpectrogram,
  STFTSpectrogram,
);

export {
  CategoryEncoding,
  Discretization,
  HashedCrossing,
  Hashing,
  IntegerLookup,
  MelSpectrogram,
  Normalization,
  Pipeline,
  Rescaling,
  STFTSpectrogram,
  StringLookup,
  TextVectorization,
};

/** {@inheritDoc Rescaling} */
export const rescaling = factory(Rescaling);
/** {@inheritDoc Normalization} */
export const normalization = factory(Normalization);
/** {@inheritDoc CategoryEncoding} */
export const categoryEncoding = factory(CategoryEncoding);
/** {@inheritDoc Discretization} */
export const discretization = factory(Discretization);
/** {@inheritDoc Hashing} */
export const hashing = factory(Hashing);
/** {@inheritDoc StringLookup} */
export const stringLookup = factory(StringLookup);
/** {@inheritDoc IntegerLookup} */
export const integerLookup = factory(IntegerLookup);
/** {@inheritDoc TextVectorization} */
export const textVectorization = factory(TextVectorization);
/** {@inheritDoc Pipeline} */
export const pipeline = factory(Pipeline);
/** {@inheritDoc HashedCrossing} */
export const hashedCrossing = factory(HashedCrossing);
/** {@inheritDoc MelSpectrogram} */
export const melSpectrogram = factory(MelSpectrogram);
/** {@inheritDoc STFTSpectrogram} */
export const stftSpectrogram = factory(STFTSpectrogram);
