/** What the server's metrics say of one model, second by second. */

const SECONDS = 120;
const REQUESTS = ':tensorflow:serving:request_count';
const LATENCIES = ':tensorflow:serving:request_latency_bucket';
const LINE = /^([:\w]+)\{(.*)\} (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;
const MICROSECONDS = 1000;

/** Curves of one model, from the differences of counters that are read again and again. */
export class Traffic {
  #model;
  #last;
  #points = [];

  /** Starts over. */
  of(model) {
    this.#model = model;
    this.#last = undefined;
    this.#points = [];
  }

  /** @param {string} text Prometheus' format */
  add(text, seconds = performance.now() / 1000) {
    const next = { seconds, ...countersOf(text, this.#model) };
    if (this.#last) this.#points.push(pointOf(this.#last, next));
    this.#last = next;
    if (this.#points.length > SECONDS) this.#points.shift();
  }

  /** Values of each kind, oldest first; null where there is none. */
  get curves() {
    const missing = Array(SECONDS - this.#points.length).fill(null);
    const line = (kind) => [...missing, ...this.#points.map((point) => point[kind])];
    return { answered: line('answered'), failed: line('failed'), median: line('median'), p99: line('p99') };
  }
}

function countersOf(text, model) {
  let [answered, failed] = [0, 0];
  const latencies = new Map();
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name !== REQUESTS && name !== LATENCIES) continue;
    const { model_name, status, API, le } = labelsOf(labels);
    const isOurs = model_name === model;
    if (name === LATENCIES) {
      if (isOurs) latencies.set(boundOf(le), (latencies.get(boundOf(le)) ?? 0) + Number(value));
    } else if (status === 'OK') {
      if (isOurs) answered += Number(value);
    } else if (isOurs || (model_name === '' && API !== 'Page')) {
      // Why also those of no model: a request that nobody understands names none.
      failed += Number(value);
    }
  }
  return { answered, failed, latencies };
}

function labelsOf(text) {
  return Object.fromEntries([...text.matchAll(LABEL)].map(([, key, value]) => [key, value]));
}

function boundOf(le) {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
}

function pointOf(last, next) {
  const seconds = next.seconds - last.seconds;
  const counts = [...next.latencies]
    .map(([bound, count]) => [bound, count - (last.latencies.get(bound) ?? 0)])
    .sort(([a], [b]) => a - b);
  const rate = (kind) => Math.max(0, next[kind] - last[kind]) / seconds;
  return {
    answered: rate('answered'),
    failed: rate('failed'),
    median: quantile(counts, 0.5),
    p99: quantile(counts, 0.99),
  };
}

/** Milliseconds within whose bucket the quantile lies, taken as even there. */
function quantile(counts, share) {
  const total = counts.at(-1)?.[1] ?? 0;
  if (total <= 0) return null;
  const rank = total * share;
  const place = counts.findIndex(([, count]) => count >= rank);
  const [below, before] = counts[place - 1] ?? [0, 0];
  const [bound, count] = counts[place];
  if (!Number.isFinite(bound)) return below / MICROSECONDS;
  return (below + ((bound - below) * (rank - before)) / (count - before)) / MICROSECONDS;
}
