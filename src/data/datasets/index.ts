export * as cifar10 from './cifar10.js';
