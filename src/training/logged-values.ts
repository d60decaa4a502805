/**
 * How a metric's value is logged. A vector, as F1Score has without an average, is its mean, which is what Keras' progress
 * bar shows, and each element by its index (of a matrix, row by row): `f1_score`, `f1_score[0]`, `f1_score[1]` …
 *
 * Why not the array, which Keras logs: a log is a number, so that each can be monitored, plotted and written to a file.
 */
export function loggedValues(name: string, values: readonly number[]): [name: string, value: number][] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return [[name, mean]];
  return [[name, mean], ...values.map((value, i): [string, number] => [`${name}[${i}]`, value])];
}

/** Whether a log is an element of another one. */
export function isElement(name: string): boolean {
  return /\[\d+\]$/.test(name);
}
