/** The page at /ui: models and versions, their traffic, and a form for each signature. */
import { answerOf } from './answer.js';
import { drawChart } from './chart.js';
import { byId, html } from './html.js';
import { pictureInput, pictureOf } from './picture-input.js';
import { ask, askText, Refused, useToken } from './server.js';
import { Traffic } from './traffic.js';

const LOOK_MS = 1000;
/** Numbers in a body above which the text is not shown. */
const LONGEST_BODY = 40_000;
/** The rate and latency shown as numbers are those of the last seconds. */
const RECENT = 5;

let models = [];
/** What is chosen: `#/model/version/signature`. */
let chosen = {};
let signatures = {};
const traffic = new Traffic();
/** The body when it is too long for the text field. */
let longBody;

async function look() {
  if (document.hidden) return;
  try {
    const { value } = await ask('models');
    say(`${value.models.length === 1 ? 'One model' : `${value.models.length} models`}, running`);
    byId('access').hidden = true;
    if (JSON.stringify(models) !== JSON.stringify(value.models)) {
      models = value.models;
      await choose();
    }
    await lookAtTraffic();
  } catch (error) {
    say(error.message, true);
    if (error instanceof Refused && error.status === 401) byId('access').hidden = false;
  }
}

async function lookAtTraffic() {
  try {
    traffic.add(await askText('metrics'));
    drawTraffic(traffic.curves);
  } catch (error) {
    if (error.status !== 404) throw error;
    byId('traffic').textContent = 'This server was started without metrics.';
  }
}

function say(text, wrong = false) {
  byId('state').textContent = text;
  byId('state').classList.toggle('wrong', wrong);
}

function drawTraffic({ answered, failed, median, p99 }) {
  const lines = (first, kind, second, other) => [
    { values: second, kind: other },
    { values: first, kind },
  ];
  drawChart(byId('throughput'), lines(answered, 'first', failed, 'third'), number);
  drawChart(byId('latencies'), lines(median, 'first', p99, 'second'), milliseconds);
  const last = (values) => values.slice(-RECENT).filter((value) => value !== null);
  const mean = (values) => values.reduce((a, b) => a + b, 0) / (values.length || 1);
  byId('rate').textContent = number(mean(last(answered)));
  byId('latency').textContent = last(median).length > 0 ? milliseconds(mean(last(median))) : '–';
}

const number = (value) => (value >= 100 || value === 0 ? String(Math.round(value)) : value.toPrecision(2));
const milliseconds = (value) => (value >= 1000 ? `${number(value / 1000)} s` : `${number(value)} ms`);

/** Settles what the address asks for, as far as it is there. */
async function choose() {
  const [model, version, signature] = location.hash.split('/').slice(1).map(decodeURIComponent);
  const found = models.find(({ name }) => name === model) ?? models[0];
  if (!found) return;
  const number = found.versions.includes(version) ? version : found.versions[0];
  const { value } = await ask(`v1/models/${encodeURIComponent(found.name)}/versions/${number}/metadata`);
  signatures = value.metadata.signature_def.signature_def;
  const names = Object.keys(signatures).sort(servingFirst);
  if (found.name !== chosen.model) traffic.of(found.name);
  chosen = { model: found.name, version: number, signature: names.includes(signature) ? signature : names[0] };
  listModels();
  byId('signature').replaceChildren(...names.map((name) => html('option', { value: name, textContent: name })));
  byId('signature').value = chosen.signature;
  showSignature();
}

function servingFirst(a, b) {
  return Number(b === 'serving_default') - Number(a === 'serving_default') || a.localeCompare(b);
}

function listModels() {
  const parts = models.flatMap(({ name, versions, labels }) => {
    const items = versions.map((version) => {
      const called = Object.keys(labels).filter((label) => String(labels[label]) === version);
      const link = html('a', {
        href: addressOf(name, version),
        textContent: ['Version', version, ...called].join(' '),
      });
      if (name === chosen.model && version === chosen.version) link.ariaCurrent = 'page';
      return html('li', {}, link);
    });
    return [html('h2', { textContent: name }), html('ul', {}, ...items)];
  });
  byId('models').replaceChildren(...parts);
}

function addressOf(...parts) {
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

function showSignature() {
  const { inputs, outputs } = signatures[chosen.signature];
  const rows = [...rowsOf('takes', inputs), ...rowsOf('gives', outputs)];
  byId('tensors').replaceChildren(...rows);
  byId('address').textContent = `POST ${pathOf(chosen)}`;
  byId('answer').replaceChildren();
  const values = Object.fromEntries(
    Object.entries(inputs).map(([name, info]) => [name, exampleOf(info, shapeOf(info))]),
  );
  showBody(values, inputs);
  const pictures = Object.entries(inputs).flatMap(([name, { dtype, ...info }]) => {
    const shape = shapeOf(info);
    const picture = shape && pictureOf(name, { dtype, shape });
    if (!picture) return [];
    return pictureInput(name, { dtype }, picture, (row) => {
      values[name] = shape.length > 0 ? [row] : row;
      showBody(values, inputs);
    });
  });
  byId('pictures').replaceChildren(...pictures);
  byId('pictures').hidden = pictures.length === 0;
}

function rowsOf(does, tensors) {
  return Object.entries(tensors).map(([name, info]) => {
    const shape = shapeOf(info);
    const size = shape ? `[${shape.map((size) => (size < 0 ? 'any' : size)).join(', ')}]` : 'any';
    const cells = [does, name, info.dtype.replace('DT_', '').toLowerCase(), size];
    return html('tr', {}, ...cells.map((textContent) => html('td', { textContent })));
  });
}

function shapeOf({ tensor_shape }) {
  return tensor_shape.unknown_rank ? undefined : tensor_shape.dim.map(({ size }) => Number(size));
}

function pathOf({ model, version }) {
  return `v1/models/${encodeURIComponent(model)}/versions/${version}:predict`;
}

/** Zeros; a length of one where any will do. */
function exampleOf({ dtype }, shape = []) {
  const element = dtype === 'DT_STRING' ? 'text' : dtype === 'DT_BOOL' ? false : 0;
  return shape.reduceRight((inner, size) => Array(size < 0 ? 1 : size).fill(inner), element);
}

/** As rows where every input has them, else as columns. */
function showBody(values, inputs) {
  const inRows = Object.values(inputs).every((info) => shapeOf(info)?.[0] === -1);
  const row = Object.fromEntries(Object.entries(values).map(([name, [first] = []]) => [name, first]));
  const { signature: signature_name } = chosen;
  const body = inRows ? { signature_name, instances: [row] } : { signature_name, inputs: values };
  const text = JSON.stringify(body);
  const field = byId('body');
  longBody = text.length > LONGEST_BODY ? text : undefined;
  field.readOnly = longBody !== undefined;
  field.value = longBody ? `${text.slice(0, 400)} …` : readable(body);
  byId('long').hidden = longBody === undefined;
  byId('long').textContent = `All ${text.length} characters are sent; the text field shows the first.`;
}

/** Indented, but lists of numbers in a line. */
function readable(body) {
  return JSON.stringify(body, null, 2).replace(/\[[\s\d.,eE+-]*\]/g, (list) => list.replace(/\s+/g, ' '));
}

async function send(event) {
  event.preventDefault();
  const button = byId('send');
  button.disabled = true;
  const start = performance.now();
  try {
    const answer = await ask(pathOf(chosen), longBody ?? byId('body').value);
    byId('answer').replaceChildren(...answerOf(answer, performance.now() - start));
  } catch (error) {
    byId('answer').replaceChildren(html('p', { className: 'wrong', textContent: error.message }));
  } finally {
    button.disabled = false;
  }
}

byId('request').addEventListener('submit', send);
byId('signature').addEventListener('change', ({ target }) => {
  location.hash = addressOf(chosen.model, chosen.version, target.value);
});
byId('access').addEventListener('submit', (event) => {
  event.preventDefault();
  useToken(byId('token').value);
  look();
});
addEventListener('hashchange', () => choose().catch((error) => say(error.message, true)));
document.addEventListener('visibilitychange', look);
setInterval(look, LOOK_MS);
look();
