export { classNames, load, type Mnist, type MnistOptions, type MnistSet } from './mnist/load.js';
