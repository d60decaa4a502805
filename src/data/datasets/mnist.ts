export { classNames, load, type Mnist, type MnistOptions, type MnistSet } from './mnist/load.js';
export { type SaveImagesOptions, saveImages } from './mnist/save-images.js';
export type { SavedImages } from './save-images.js';
