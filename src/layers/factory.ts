/** A class as a function: `dense({ units: 3 })` in place of `new Dense({ units: 3 })`. */
export function factory<A extends unknown[], L>(Class: new (...args: A) => L): (...args: A) => L {
  return (...args) => new Class(...args);
}
