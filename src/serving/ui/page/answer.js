/** What a model answered: its scores where they are few, and the JSON. */
import { html } from './html.js';

const MOST_SCORES = 1000;
const SHOWN_SCORES = 5;
const LONGEST = 20_000;

/** @param {{ text: string, value: object }} answer */
export function answerOf({ text, value }, milliseconds) {
  const said = text.length > LONGEST ? `${text.slice(0, LONGEST)} … (${text.length} characters)` : text;
  return [
    html('h3', { textContent: `Answered in ${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms` }),
    ...outputsOf(value).flatMap(([name, scores]) => scoresOf(name, scores)),
    html('pre', { textContent: said, tabIndex: 0 }),
  ];
}

/** The outputs of the first row, by name. */
function outputsOf({ predictions, outputs }) {
  const isNamed = (one) => one !== null && typeof one === 'object' && !Array.isArray(one) && !('b64' in one);
  if (Array.isArray(predictions)) {
    const [first] = predictions;
    return isNamed(first) ? Object.entries(first) : [['', first]];
  }
  const rowOf = (column) => (Array.isArray(column) ? column[0] : column);
  return isNamed(outputs)
    ? Object.entries(outputs).map(([name, column]) => [name, rowOf(column)])
    : [['', rowOf(outputs)]];
}

/** The best of probabilities; nothing for what are none. */
function scoresOf(name, scores) {
  const isScores =
    Array.isArray(scores) &&
    scores.length > 1 &&
    scores.length <= MOST_SCORES &&
    scores.every((score) => typeof score === 'number' && score >= 0 && score <= 1);
  if (!isScores) return [];
  const best = [...scores.entries()].sort(([, a], [, b]) => b - a).slice(0, SHOWN_SCORES);
  const lines = best.flatMap(([index, score], place) => {
    const meter = html('meter', { value: score, min: 0, max: 1, ariaHidden: 'true' });
    const className = place === 0 ? 'best' : '';
    return [
      html('dt', { textContent: String(index), className }),
      html('dd', {}, meter),
      html('dd', { textContent: `${(100 * score).toFixed(1)} %`, className }),
    ];
  });
  return [html('h4', { textContent: name }), html('dl', { className: 'scores' }, ...lines)];
}
