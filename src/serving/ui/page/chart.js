/** Curves over time as an SVG, scaled to what they show. */

const NAMESPACE = 'http://www.w3.org/2000/svg';
const SIZE = { width: 420, height: 144, left: 52, bottom: 18, top: 8 };

/**
 * @param {SVGSVGElement} svg
 * @param {{ values: (number | null)[], kind: string }[]} curves `kind` is a class of the style sheet; null is a gap
 * @param {(value: number) => string} label
 */
export function drawChart(svg, curves, label) {
  const { width, height, left, bottom, top } = SIZE;
  const most = roundUp(Math.max(0, ...curves.flatMap(({ values }) => values.filter((value) => value !== null))));
  const y = (value) => height - bottom - (value / most) * (height - bottom - top);
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.replaceChildren(
    ...[0, most / 2, most].flatMap((value) => [
      element('line', { x1: left, x2: width, y1: y(value), y2: y(value), class: 'grid' }),
      element('text', { x: left - 6, y: y(value) + 4, 'text-anchor': 'end' }, label(value)),
    ]),
    element('text', { x: left, y: height - 3 }, '2 min ago'),
    element('text', { x: width, y: height - 3, 'text-anchor': 'end' }, 'now'),
    ...curves.flatMap(({ values, kind }) =>
      runsOf(values).map((run) => {
        const x = (at) => left + (at / Math.max(1, values.length - 1)) * (width - left);
        const points = run.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
        return element('polyline', { points: points.join(' '), class: kind });
      }),
    ),
  );
}

/** The stretches without gaps; a lone value is drawn as a short line. */
function runsOf(values) {
  const runs = [];
  for (const [at, value] of values.entries()) {
    if (value === null) continue;
    const run = runs.at(-1);
    if (run?.at(-1)[0] === at - 1) run.push([at, value]);
    else runs.push([[at, value]]);
  }
  return runs.map((run) => (run.length > 1 ? run : [run[0], [run[0][0] + 0.5, run[0][1]]]));
}

/** 1, 2 or 5 with zeros. */
function roundUp(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((digit) => digit * power >= value) ?? 10) * power;
}

function element(name, attributes, text = '') {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}
