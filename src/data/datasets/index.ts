export * as cifar10 from './cifar10.js';
export * as mnist from './mnist.js';
