export { type Cifar10, type Cifar10Options, classNames, type ImageSet, load } from './cifar10/load.js';
export { type Cifar10Set, type SaveImagesOptions, saveImages } from './cifar10/save-images.js';
export type { SavedImages } from './save-images.js';
