export { type History, type HistoryPlotOptions, history } from './history.js';
export { type GridPicture, type ImageGridOptions, imageGrid, type PictureTensor } from './image-grid.js';
export { type Line, type LinesOptions, lines } from './lines.js';
