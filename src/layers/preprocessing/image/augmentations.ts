import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import type { Layer } from '../../layer.js';
import { AutoContrast } from './auto-contrast.js';
import { Equalization } from './equalization.js';
import type { Range } from './factor.js';
import type { SampleInterpolation } from './interpolation.js';
import { RandomBrightness } from './random-brightness.js';
import { RandomColorDegeneration } from './random-color-degeneration.js';
import { RandomContrast } from './random-contrast.js';
import { RandomPosterization } from './random-posterization.js';
import { RandomRotation } from './random-rotation.js';
import { RandomSharpness } from './random-sharpness.js';
import { RandomShear } from './random-shear.js';
import { RandomTranslation } from './random-translation.js';
import { Solarization } from './solarization.js';

export interface AugmentationOptions {
  /** How strong, 0 … 1. */
  readonly factor: Range;
  readonly valueRange: Range;
  readonly interpolation: SampleInterpolation;
  readonly dtype: string;
}

const BITS = 8;

/** The layers that policies choose from; those that change colours come last and can be left out. */
export function augmentations(
  { factor, valueRange, interpolation, dtype }: AugmentationOptions,
  withColors: boolean,
): Layer[] {
  const moving = { interpolation, dtype };
  const coloring = { factor, valueRange, dtype };
  const always = [
    new RandomShear({ xFactor: factor, yFactor: factor, ...moving }),
    new RandomTranslation({ heightFactor: factor, widthFactor: factor, ...moving }),
    new RandomRotation({ factor, ...moving }),
    new RandomPosterization({ ...coloring, factor: Math.max(1, Math.floor(BITS * factor[1])) }),
    new Solarization({ additionFactor: factor, thresholdFactor: factor, valueRange, dtype }),
    new AutoContrast({ valueRange, dtype }),
    new Equalization({ valueRange, dtype }),
  ];
  if (!withColors) return always;
  return [
    ...always,
    new RandomBrightness(coloring),
    new RandomColorDegeneration(coloring),
    new RandomContrast(coloring),
    new RandomSharpness(coloring),
  ];
}

/** The pictures after the layer of that index, int32 []; an index beyond them leaves the pictures as they are. */
export function augmented(images: Output, layers: readonly Layer[], index: Output): Output {
  const y = ops.caseOf(
    index,
    layers.map((layer) => () => ops.cast(layer.call(images, { training: true }) as Output, images.dtype)),
    () => ops.identity(images),
  );
  return images.shape ? y.setShape(images.shape) : y;
}
