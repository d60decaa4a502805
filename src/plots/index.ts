export { type ActivationsOptions, activations } from './activations.js';
export type { Classes } from './class-numbers.js';
export {
  type ClassificationReport,
  type ClassificationReportOptions,
  type ClassScores,
  classificationReport,
} from './classification-report.js';
export { type ConfusionMatrixOptions, confusionMatrix } from './confusion-matrix.js';
export { type FiltersOptions, filters } from './filters.js';
export { type FlameChartOptions, flameChart } from './flame-chart.js';
export { type GradCam, type GradCamOptions, gradCam } from './grad-cam.js';
export { type History, type HistoryPlotOptions, history } from './history.js';
export { type GridPicture, type ImageGridOptions, imageGrid, type PictureTensor } from './image-grid.js';
export type { Explainable, NetworkPicture } from './layer-output.js';
export { type Line, type LineScale, type LinesOptions, lines } from './lines.js';
export { type MisclassifiedOptions, misclassified } from './misclassified.js';
export { type ModelPlotOptions, model } from './model.js';
