/** A pad to draw a digit on, as MNIST has them: 28×28, white on black, 20 pixels high, centred by its mass. */
import { html } from './html.js';

const SIDE = 28;
const INNER = 20;
const PAD = 280;
const PEN = 22;
const STEP = 10;
const MOVES = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

/** @param {(pixels: number[]) => void} drawn is given 784 values from 0 to 255 when a stroke ends */
export function digitPad(drawn) {
  const canvas = html('canvas', { className: 'pad', width: PAD, height: PAD, tabIndex: 0 });
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', 'Draw a digit: by pointer, or with the arrow keys while Shift is held');
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  Object.assign(pen, { lineWidth: PEN, lineCap: 'round', lineJoin: 'round', strokeStyle: '#ffffff' });
  let at = [PAD / 2, PAD / 2];
  const lineTo = (to) => {
    pen.beginPath();
    pen.moveTo(...at);
    pen.lineTo(...to);
    pen.stroke();
    at = to;
  };
  const place = ({ offsetX, offsetY }) => [(offsetX / canvas.clientWidth) * PAD, (offsetY / canvas.clientHeight) * PAD];
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    at = place(event);
    lineTo(at);
  });
  canvas.addEventListener('pointermove', (event) => event.buttons && lineTo(place(event)));
  canvas.addEventListener('pointerup', () => drawn(digitOf(canvas)));
  canvas.addEventListener('keydown', (event) => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    const to = at.map((value, axis) => Math.min(PAD, Math.max(0, value + move[axis])));
    if (event.shiftKey) lineTo(to);
    else at = to;
  });
  canvas.addEventListener('keyup', (event) => event.key === 'Shift' && drawn(digitOf(canvas)));
  const clear = html('button', { type: 'button', textContent: 'Clear' });
  clear.addEventListener('click', () => {
    pen.clearRect(0, 0, PAD, PAD);
    drawn(digitOf(canvas));
  });
  return [canvas, clear];
}

function digitOf(canvas) {
  const box = inkBox(canvas);
  if (!box) return Array(SIDE * SIDE).fill(0);
  const [x, y] = centreOf(scaled(canvas, box, 0, 0));
  const middle = (SIDE - 1) / 2;
  return scaled(canvas, box, middle - x, middle - y);
}

/** Where there is ink: left, top, width, height. */
function inkBox(canvas) {
  const { data, width } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const [xs, ys] = [[], []];
  for (let i = 3; i < data.length; i += 4) {
    if (data[i] === 0) continue;
    const pixel = (i - 3) / 4;
    xs.push(pixel % width);
    ys.push(Math.floor(pixel / width));
  }
  if (xs.length === 0) return undefined;
  const least = (values) => values.reduce((a, b) => Math.min(a, b));
  const most = (values) => values.reduce((a, b) => Math.max(a, b));
  return [least(xs), least(ys), most(xs) - least(xs) + 1, most(ys) - least(ys) + 1];
}

/** The box as 28×28 values, its longer side 20 pixels, moved from the middle by dx and dy. */
function scaled(canvas, [left, top, width, height], dx, dy) {
  const small = html('canvas', { width: SIDE, height: SIDE }).getContext('2d');
  const scale = INNER / Math.max(width, height);
  const [w, h] = [width * scale, height * scale];
  small.imageSmoothingQuality = 'high';
  small.drawImage(canvas, left, top, width, height, (SIDE - w) / 2 + dx, (SIDE - h) / 2 + dy, w, h);
  const { data } = small.getImageData(0, 0, SIDE, SIDE);
  return Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + 3]);
}

function centreOf(values) {
  let [mass, x, y] = [0, 0, 0];
  for (const [i, value] of values.entries()) {
    mass += value;
    x += value * (i % SIDE);
    y += value * Math.floor(i / SIDE);
  }
  return [x / mass, y / mass];
}
