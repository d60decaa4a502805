export * from './accuracy.js';
export * from './correlation.js';
export * from './lookup.js';
export { MeanMetric } from './mean-metric.js';
export * from './mean-metric-wrapper.js';
export { Metric, type MetricOptions, type MetricShapes, metricDefaults } from './metric.js';
export * from './probabilistic.js';
export { Mean, Sum } from './reductions.js';
export * from './regression.js';
