import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { cosineSimilarity } from '../losses/cosine-similarity.js';
import {
  comparable,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
} from '../losses/mean-errors.js';
import { logCosh } from '../losses/robust-errors.js';
import { MeanMetric } from './mean-metric.js';
import { type MetricOptions, metricDefaults } from './metric.js';

export class MeanSquaredError extends MeanMetric {
  static override readonly className: string = 'MeanSquaredError';
  static override readonly defaults = metricDefaults('mean_squared_error');

  protected override values(yTrue: Output, yPred: Output): Output {
    return meanSquaredError(yTrue, yPred);
  }
}

/** The root of the mean squared error over all batches. */
export class RootMeanSquaredError extends MeanMetric {
  static override readonly className: string = 'RootMeanSquaredError';
  static override readonly defaults = metricDefaults('root_mean_squared_error');

  protected override values(yTrue: Output, yPred: Output): Output {
    const [labels, predictions] = comparable(yTrue, yPred);
    return ops.squaredDifference(predictions, labels);
  }

  override result(): Output {
    return ops.sqrt(super.result());
  }
}

export class MeanAbsoluteError extends MeanMetric {
  static override readonly className: string = 'MeanAbsoluteError';
  static override readonly defaults = metricDefaults('mean_absolute_error');

  protected override values(yTrue: Output, yPred: Output): Output {
    return meanAbsoluteError(yTrue, yPred);
  }
}

export class MeanAbsolutePercentageError extends MeanMetric {
  static override readonly className: string = 'MeanAbsolutePercentageError';
  static override readonly defaults = metricDefaults('mean_absolute_percentage_error');

  protected override values(yTrue: Output, yPred: Output): Output {
    return meanAbsolutePercentageError(yTrue, yPred);
  }
}

export class MeanSquaredLogarithmicError extends MeanMetric {
  static override readonly className: string = 'MeanSquaredLogarithmicError';
  static override readonly defaults = metricDefaults('mean_squared_logarithmic_error');

  protected override values(yTrue: Output, yPred: Output): Output {
    return meanSquaredLogarithmicError(yTrue, yPred);
  }
}

export class LogCoshError extends MeanMetric {
  static override readonly className: string = 'LogCoshError';
  static override readonly defaults = metricDefaults('logcosh');

  protected override values(yTrue: Output, yPred: Output): Output {
    return logCosh(yTrue, yPred);
  }
}

export interface CosineSimilarityOptions extends MetricOptions {
  /** Axis of the vectors. Default the last. */
  axis?: number;
}

/** The cosine between labels and predictions: 1 where they point the same way. */
export class CosineSimilarity extends MeanMetric<CosineSimilarityOptions> {
  static override readonly className: string = 'CosineSimilarity';
  static override readonly defaults = { ...metricDefaults('cosine_similarity'), axis: -1 };

  protected override values(yTrue: Output, yPred: Output): Output {
    return ops.neg(cosineSimilarity(yTrue, yPred, this.options));
  }
}
