/**
 * A class as a function: `dense({ units: 3 })` in place of `new Dense({ units: 3 })`. Called without options it is called
 * with none of them, so that the class says which ones it needs.
 */
export function factory<A extends unknown[], L>(Class: new (...args: A) => L): (...args: A) => L {
  return (...args) => new Class(...((args.length === 0 ? [{}] : args) as A));
}
