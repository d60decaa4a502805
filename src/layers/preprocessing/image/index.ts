import { factory } from '../../factory.js';
import { registerLibraryLayer } from '../../registry.js';
import { AugMix } from './aug-mix.js';
import { AutoContrast } from './auto-contrast.js';
import { CenterCrop } from './center-crop.js';
import { ContrastLimitedAdaptiveHistogramEqualization } from './contrast-limited-adaptive-histogram-equalization.js';
import { CutMix } from './cut-mix.js';
import { Equalization } from './equalization.js';
import { MixUp } from './mix-up.js';
import { RandAugment } from './rand-augment.js';
import { RandomBrightness } from './random-brightness.js';
import { RandomColorDegeneration } from './random-color-degeneration.js';
import { RandomColorJitter } from './random-color-jitter.js';
import { RandomContrast } from './random-contrast.js';
import { RandomCrop } from './random-crop.js';
import { RandomElasticTransform } from './random-elastic-transform.js';
import { RandomErasing } from './random-erasing.js';
import { RandomFlip } from './random-flip.js';
import { RandomGaussianBlur } from './random-gaussian-blur.js';
import { RandomGrayscale } from './random-grayscale.js';
import { RandomHue } from './random-hue.js';
import { RandomInvert } from './random-invert.js';
import { RandomPerspective } from './random-perspective.js';
import { RandomPosterization } from './random-posterization.js';
import { RandomRotation } from './random-rotation.js';
import { RandomSaturation } from './random-saturation.js';
import { RandomSharpness } from './random-sharpness.js';
import { RandomShear } from './random-shear.js';
import { RandomTranslation } from './random-translation.js';
import { RandomZoom } from './random-zoom.js';
import { Resizing } from './resizing.js';
import { Solarization } from './solarization.js';

registerLibraryLayer(
  ContrastLimitedAdaptiveHistogramEqualization,
  Equalization,
  Resizing,
  CenterCrop,
  RandomCrop,
  RandomFlip,
  RandomRotation,
  RandomTranslation,
  RandomZoom,
  RandomShear,
  RandomPerspective,
  RandomBrightness,
  RandomContrast,
  RandomInvert,
  RandomHue,
  RandomSaturation,
  RandomSharpness,
  RandomColorDegeneration,
  RandomColorJitter,
  RandomGrayscale,
  RandomPosterization,
  RandomGaussianBlur,
  RandomErasing,
  AutoContrast,
  Solarization,
  MixUp,
  CutMix,
  RandAugment,
  AugMix,
  RandomElasticTransform,
);

export {
  AugMix,
  AutoContrast,
  CenterCrop,
  ContrastLimitedAdaptiveHistogramEqualization,
  CutMix,
  Equalization,
  MixUp,
  RandAugment,
  RandomBrightness,
  RandomColorDegeneration,
  RandomColorJitter,
  RandomContrast,
  RandomCrop,
  RandomElasticTransform,
  RandomErasing,
  RandomFlip,
  RandomGaussianBlur,
  RandomGrayscale,
  RandomHue,
  RandomInvert,
  RandomPerspective,
  RandomPosterization,
  RandomRotation,
  RandomSaturation,
  RandomSharpness,
  RandomShear,
  RandomTranslation,
  RandomZoom,
  Resizing,
  Solarization,
};

/** {@inheritDoc Resizing} */
export const resizing = factory(Resizing);
/** {@inheritDoc CenterCrop} */
export const centerCrop = factory(CenterCrop);
/** {@inheritDoc RandomCrop} */
export const randomCrop = factory(RandomCrop);
/** {@inheritDoc RandomFlip} */
export const randomFlip = factory(RandomFlip);
/** {@inheritDoc RandomRotation} */
export const randomRotation = factory(RandomRotation);
/** {@inheritDoc RandomTranslation} */
export const randomTranslation = factory(RandomTranslation);
/** {@inheritDoc RandomZoom} */
export const randomZoom = factory(RandomZoom);
/** {@inheritDoc RandomShear} */
export const randomShear = factory(RandomShear);
/** {@inheritDoc RandomPerspective} */
export const randomPerspective = factory(RandomPerspective);
/** {@inheritDoc RandomBrightness} */
export const randomBrightness = factory(RandomBrightness);
/** {@inheritDoc RandomContrast} */
export const randomContrast = factory(RandomContrast);
/** {@inheritDoc RandomInvert} */
export const randomInvert = factory(RandomInvert);
/** {@inheritDoc RandomHue} */
export const randomHue = factory(RandomHue);
/** {@inheritDoc RandomSaturation} */
export const randomSaturation = factory(RandomSaturation);
/** {@inheritDoc RandomSharpness} */
export const randomSharpness = factory(RandomSharpness);
/** {@inheritDoc RandomColorDegeneration} */
export const randomColorDegeneration = factory(RandomColorDegeneration);
/** {@inheritDoc RandomColorJitter} */
export const randomColorJitter = factory(RandomColorJitter);
/** {@inheritDoc RandomGrayscale} */
export const randomGrayscale = factory(RandomGrayscale);
/** {@inheritDoc RandomPosterization} */
export const randomPosterization = factory(RandomPosterization);
/** {@inheritDoc RandomGaussianBlur} */
export const randomGaussianBlur = factory(RandomGaussianBlur);
/** {@inheritDoc RandomErasing} */
export const randomErasing = factory(RandomErasing);
/** {@inheritDoc AutoContrast} */
export const autoContrast = factory(AutoContrast);
/** {@inheritDoc Solarization} */
export const solarization = factory(Solarization);
/** {@inheritDoc MixUp} */
export const mixUp = factory(MixUp);
/** {@inheritDoc CutMix} */
export const cutMix = factory(CutMix);
/** {@inheritDoc ContrastLimitedAdaptiveHistogramEqualization} */
export const contrastLimitedAdaptiveHistogramEqualization = factory(ContrastLimitedAdaptiveHistogramEqualization);
/** {@inheritDoc Equalization} */
export const equalization = factory(Equalization);
/** {@inheritDoc RandAugment} */
export const randAugment = factory(RandAugment);
/** {@inheritDoc AugMix} */
export const augMix = factory(AugMix);
/** {@inheritDoc RandomElasticTransform} */
export const randomElasticTransform = factory(RandomElasticTransform);
