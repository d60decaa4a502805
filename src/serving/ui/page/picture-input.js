/** Pictures for inputs that take them: a file, or a drawing where the input is a digit of MNIST. */
import { digitPad } from './digit-pad.js';
import { html } from './html.js';

const DIGIT = 28;
/** Height and width where the input takes any. */
const ANY = 224;
/** From bytes to what the model was trained on, which the signature does not say. */
const SCALES = {
  '0 … 1': (byte) => byte / 255,
  '0 … 255': (byte) => byte,
  '−1 … 1': (byte) => byte / 127.5 - 1,
};

/** Height, width and channels of a picture that an input takes a batch of; `files` where it takes whole files. */
export function pictureOf(name, { dtype, shape }) {
  if (dtype === 'DT_STRING') return name.endsWith('_bytes') && shape.length <= 1 ? { files: true } : undefined;
  if (!/^DT_(FLOAT|HALF|DOUBLE|U?INT\d+|BFLOAT16)$/.test(dtype)) return undefined;
  const row = shape.slice(1);
  if (row.length === 1 && row[0] === DIGIT * DIGIT) return { height: DIGIT, width: DIGIT, channels: 1, row };
  const [height, width, channels = 1] = row;
  if (row.length < 2 || row.length > 3 || ![1, 3, 4].includes(channels)) return undefined;
  if (row.length === 2 && height !== DIGIT) return undefined;
  return { height: height > 0 ? height : ANY, width: width > 0 ? width : ANY, channels, row };
}

/** @param {(value: unknown) => void} give is given the value of one row */
export function pictureInput(name, input, picture, give) {
  const box = html('fieldset', {}, html('legend', { textContent: name }));
  const file = html('input', { type: 'file', accept: 'image/*', id: `file-${name}` });
  const label = html('label', { htmlFor: file.id, textContent: 'A picture from a file ' });
  const said = html('p', { className: 'hint' });
  said.setAttribute('role', 'status');
  if (picture.files) {
    file.addEventListener('change', async () => file.files[0] && give({ b64: await base64Of(file.files[0]) }));
    box.append(label, file);
    return box;
  }
  const { width, height } = picture;
  const seen = html('canvas', { className: 'seen', width, height });
  seen.setAttribute('role', 'img');
  seen.setAttribute('aria-label', 'What the model sees');
  const scale = scaleChoice(name, input);
  let last;
  const show = (bytes) => {
    last = bytes;
    preview(seen, bytes, picture);
    give(nested(bytes.map(SCALES[scale.value]).map(rounded), picture.row, picture));
  };
  scale.addEventListener('change', () => last && show(last));
  if (width === DIGIT && height === DIGIT)
    box.append(...digitPad((ink) => show(ink.flatMap((value) => Array(picture.channels).fill(value)))));
  file.addEventListener('change', async () => {
    if (!file.files[0]) return;
    try {
      show(await bytesOf(file.files[0], picture));
      said.textContent = '';
    } catch {
      said.textContent = `${file.files[0].name} is no picture that this browser can read.`;
    }
  });
  const values = html('label', { htmlFor: scale.id, textContent: 'Values ' });
  box.append(html('p', {}, label, file), html('p', {}, values, scale), seen, said);
  return box;
}

function scaleChoice(name, { dtype }) {
  const choice = html(
    'select',
    { id: `scale-${name}` },
    ...Object.keys(SCALES).map((text) => html('option', { textContent: text })),
  );
  choice.value = dtype.includes('INT') ? '0 … 255' : '0 … 1';
  return choice;
}

/** Bytes of a picture as the input takes it: as large, as many channels. */
async function bytesOf(file, { width, height, channels }) {
  const bitmap = await createImageBitmap(file);
  const small = html('canvas', { width, height }).getContext('2d');
  small.imageSmoothingQuality = 'high';
  small.drawImage(bitmap, 0, 0, width, height);
  const { data } = small.getImageData(0, 0, width, height);
  const bytes = [];
  for (let i = 0; i < data.length; i += 4) {
    const [red, green, blue, alpha] = data.subarray(i, i + 4);
    if (channels === 1) bytes.push(Math.round(0.299 * red + 0.587 * green + 0.114 * blue));
    else bytes.push(red, green, blue, ...(channels === 4 ? [alpha] : []));
  }
  return bytes;
}

function preview(canvas, bytes, { width, height, channels }) {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const pixel = channels === 1 ? Array(3).fill(bytes[i]) : bytes.slice(i * channels, i * channels + 3);
    image.data.set([...pixel, 255], 4 * i);
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
}

const rounded = (value) => Math.round(value * 1e4) / 1e4;

/** Flat values in the shape of a row. */
function nested(values, row, { height, width }) {
  if (row.length === 1) return values;
  const line = values.length / height;
  const lines = Array.from({ length: height }, (_, i) => values.slice(i * line, (i + 1) * line));
  if (row.length === 2) return lines;
  const depth = line / width;
  return lines.map((one) => Array.from({ length: width }, (_, i) => one.slice(i * depth, (i + 1) * depth)));
}

async function base64Of(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
