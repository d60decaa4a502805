import { factory } from '../factory.js';
import { registerLibraryLayer } from '../registry.js';
import { Add } from './add.js';
import { Average } from './average.js';
import { Concatenate } from './concatenate.js';
import { Dot } from './dot.js';
import { Maximum } from './maximum.js';
import { Minimum } from './minimum.js';
import { Multiply } from './multiply.js';
import { Subtract } from './subtract.js';

registerLibraryLayer(Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate, Dot);

export { Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply, Subtract };

/** {@inheritDoc Add} */
export const add = factory(Add);
/** {@inheritDoc Subtract} */
export const subtract = factory(Subtract);
/** {@inheritDoc Multiply} */
export const multiply = factory(Multiply);
/** {@inheritDoc Average} */
export const average = factory(Average);
/** {@inheritDoc Maximum} */
export const maximum = factory(Maximum);
/** {@inheritDoc Minimum} */
export const minimum = factory(Minimum);
/** {@inheritDoc Concatenate} */
export const concatenate = factory(Concatenate);
/** {@inheritDoc Dot} */
export const dot = factory(Dot);
