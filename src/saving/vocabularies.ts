import { snakeCase } from '../core/naming.js';

type Json = Readonly<Record<string, unknown>>;

/** Layers whose vocabulary Keras keeps in a file beside the config, and what a line of it is. */
const LOOKUPS: Readonly<Record<string, (line: string) => string | number>> = {
  StringLookup: String,
  IntegerLookup: Number,
  TextVectorization: String,
};

/**
 * A model's config with the vocabularies that layers learned: `.keras` has each in a text file of its own, a token a line.
 *
 * @param read a member of the archive, undefined where there is none
 */
export async function withVocabularies(
  config: unknown,
  read: (name: string) => Promise<string | undefined>,
  path = 'assets',
): Promise<unknown> {
  if (!isRecord(config) || !Array.isArray(config.layers)) return config;
  const counts = new Map<string, number>();
  const layers: unknown[] = [];
  for (const layer of config.layers as unknown[]) {
    const name = isRecord(layer) ? snakeCase(String(layer.class_name)) : '';
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    const place = `${path}/layers/${name}${count === 0 ? '' : `_${count}`}`;
    layers.push(isRecord(layer) ? { ...layer, config: await layerConfig(layer, read, place) } : layer);
  }
  return { ...config, layers };
}

async function layerConfig(
  { class_name: name, config }: Json,
  read: (name: string) => Promise<string | undefined>,
  place: string,
): Promise<unknown> {
  const token = LOOKUPS[String(name)];
  if (!token || !isRecord(config)) return withVocabularies(config, read, place);
  if (config.vocabulary !== null && config.vocabulary !== undefined) return config;
  const text = await read(`${place}/vocabulary.txt`);
  return text === undefined ? config : { ...config, vocabulary: text.split('\n').map(token) };
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
