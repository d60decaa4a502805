import type { Output } from '../../core/output.js';
import { type BinaryCrossentropyArguments, binaryCrossentropy } from '../losses/binary-crossentropy.js';
import { type CategoricalCrossentropyArguments, categoricalCrossentropy } from '../losses/categorical-crossentropy.js';
import { klDivergence, poisson } from '../losses/divergences.js';
import { categoricalHinge, hinge, squaredHinge } from '../losses/hinge.js';
import type { MaskedValues } from '../losses/loss.js';
import {
  maskedCrossentropy,
  type SparseCategoricalCrossentropyArguments,
} from '../losses/sparse-categorical-crossentropy.js';
import { MeanMetric } from './mean-metric.js';
import { type MetricOptions, metricDefaults } from './metric.js';

export type BinaryCrossentropyOptions = MetricOptions & Omit<BinaryCrossentropyArguments, 'axis'>;

export class BinaryCrossentropy extends MeanMetric<BinaryCrossentropyOptions> {
  static override readonly className: string = 'BinaryCrossentropy';
  static override readonly defaults = {
    ...metricDefaults('binary_crossentropy'),
    fromLogits: false,
    labelSmoothing: 0,
  };

  protected override values(yTrue: Output, yPred: Output): Output {
    return binaryCrossentropy(yTrue, yPred, this.options);
  }
}

export type CategoricalCrossentropyOptions = MetricOptions & CategoricalCrossentropyArguments;

export class CategoricalCrossentropy extends MeanMetric<CategoricalCrossentropyOptions> {
  static override readonly className: string = 'CategoricalCrossentropy';
  static override readonly defaults = {
    ...metricDefaults('categorical_crossentropy'),
    fromLogits: false,
    labelSmoothing: 0,
    axis: -1,
  };

  protected override values(yTrue: Output, yPred: Output): Output {
    return categoricalCrossentropy(yTrue, yPred, this.options);
  }
}

export type SparseCategoricalCrossentropyOptions = MetricOptions & SparseCategoricalCrossentropyArguments;

export class SparseCategoricalCrossentropy extends MeanMetric<SparseCategoricalCrossentropyOptions> {
  static override readonly className: string = 'SparseCategoricalCrossentropy';
  static override readonly defaults = {
    ...metricDefaults('sparse_categorical_crossentropy'),
    fromLogits: false,
    ignoreClass: null,
    axis: -1,
  };

  protected override values(yTrue: Output, yPred: Output): Output | MaskedValues {
    return maskedCrossentropy(yTrue, yPred, this.options);
  }
}

export class KLDivergence extends MeanMetric {
  static override readonly className: string = 'KLDivergence';
  static override readonly defaults = metricDefaults('kl_divergence');

  protected override values(yTrue: Output, yPred: Output): Output {
    return klDivergence(yTrue, yPred);
  }
}

export class Poisson extends MeanMetric {
  static override readonly className: string = 'Poisson';
  static override readonly defaults = metricDefaults('poisson');

  protected override values(yTrue: Output, yPred: Output): Output {
    return poisson(yTrue, yPred);
  }
}

export class Hinge extends MeanMetric {
  static override readonly className: string = 'Hinge';
  static override readonly defaults = metricDefaults('hinge');

  protected override values(yTrue: Output, yPred: Output): Output {
    return hinge(yTrue, yPred);
  }
}

export class SquaredHinge extends MeanMetric {
  static override readonly className: string = 'SquaredHinge';
  static override readonly defaults = metricDefaults('squared_hinge');

  protected override values(yTrue: Output, yPred: Output): Output {
    return squaredHinge(yTrue, yPred);
  }
}

export class CategoricalHinge extends MeanMetric {
  static override readonly className: string = 'CategoricalHinge';
  static override readonly defaults = metricDefaults('categorical_hinge');

  protected override values(yTrue: Output, yPred: Output): Output {
    return categoricalHinge(yTrue, yPred);
  }
}
