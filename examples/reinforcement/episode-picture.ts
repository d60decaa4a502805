import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type State, TRACK } from './cart-pole.js';

/** Pixels of a metre, and of the picture. */
const SCALE = 110;
const WIDTH = 2 * (TRACK + 0.3) * SCALE;
const HEIGHT = 200;
const RAIL = 150;
const CART = { width: 50, height: 28 };
/** As it is drawn: the pole is 1 m long. */
const POLE = SCALE;
/** States of which one is shown: 50 a second are more than the eye needs. */
const EVERY = 3;
const TIME_STEP = 0.02;

/** One episode as an animated SVG: the cart runs on its rail, the pole leans. */
export async function writeEpisode(file: string, states: readonly State[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, episodeSvg(states));
}

export function episodeSvg(states: readonly State[]): string {
  const shown = states.filter((_, i) => i % EVERY === 0);
  const duration = `${(shown.length * EVERY * TIME_STEP).toFixed(2)}s`;
  const animate = (type: string, values: readonly string[]): string =>
    `<animateTransform attributeName="transform" type="${type}" dur="${duration}" repeatCount="indefinite" values="${values.join(';')}"/>`;
  const places = shown.map(([x]) => (WIDTH / 2 + x * SCALE).toFixed(1));
  const angles = shown.map(([, , angle]) => ((angle * 180) / Math.PI).toFixed(1));
  const [left, right] = [WIDTH / 2 - TRACK * SCALE, WIDTH / 2 + TRACK * SCALE];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    `<path d="M${left} ${RAIL - 8}v16M${right} ${RAIL - 8}v16M${left} ${RAIL}H${right}" stroke="#999" stroke-width="2"/>`,
    `<g transform="translate(${places[0]} 0)">${animate('translate', places)}`,
    `<rect x="${-CART.width / 2}" y="${RAIL - CART.height / 2}" width="${CART.width}" height="${CART.height}" rx="4" fill="#2a6fbb"/>`,
    `<g transform="translate(0 ${RAIL - CART.height / 2})"><g transform="rotate(${angles[0]})">${animate('rotate', angles)}`,
    `<path d="M0 0V${-POLE}" stroke="#e4761b" stroke-width="8" stroke-linecap="round"/></g><circle r="5" fill="#444"/></g></g>`,
    '</svg>',
    '',
  ].join('\n');
}
