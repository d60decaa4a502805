/** Every public class of Keras, and what there is of it here. */
import { readFileSync } from 'node:fs';
import { camelCase, plainName } from '../../src/core/naming.js';
import * as tf from '../../src/index.js';
import { layerNames } from '../../src/layers/index.js';
import { optionsOf } from '../../src/nn/serialization.js';
import { COMPILE_OPTIONS } from '../../src/training/compiled.js';
import { FIT_OPTIONS } from '../../src/training/fit.js';
import { ELSEWHERE, REASONS } from './reasons.js';

/** What the script beside this file found in Keras. */
export interface KerasNames {
  readonly keras: string;
  readonly classes: Readonly<Record<string, Readonly<Record<string, KerasClass>>>>;
  readonly options: Readonly<Record<string, readonly string[]>>;
}

interface KerasClass {
  readonly aliases: readonly string[];
  readonly options: readonly string[];
}

export interface ParityRow {
  readonly name: string;
  readonly aliases: readonly string[];
  /** What it is called here; null where it is not there. */
  readonly ours: string | null;
  /** Why it is not there. */
  readonly reason: string | null;
  /** Options, as we spell them, that ours does not have. */
  readonly lacking: readonly string[];
}

/** One family of names and where ours are. */
interface Family {
  /** Namespace a user finds it in. */
  readonly path: string;
  readonly exports: Readonly<Record<string, unknown>>;
  /** What there is, in any spelling. */
  readonly names: readonly string[];
  /** Whether there are functions that make one, as `tf.layers.dense`; in other families such functions compute. */
  readonly makers: boolean;
  /** Options of a class, in our spelling; null where they cannot be listed. */
  options(name: string): readonly string[] | null;
}

interface Class {
  readonly className: string;
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly optionNames?: readonly string[];
}

/** Options that every class of a family has, and what Keras' wrappers of functions take. */
const COMMON = ['name', 'dtype', 'trainable', 'activityRegularizer', 'fn'];

const { schedules } = tf.optimizers;
const FAMILIES: Readonly<Record<string, Family>> = {
  layers: ofClasses('tf.layers', tf.layers, layerNames()),
  losses: ofClasses('tf.losses', tf.losses, tf.losses.names(), false),
  metrics: ofClasses('tf.metrics', tf.metrics, tf.metrics.names(), false),
  optimizers: ofClasses('tf.optimizers', tf.optimizers, tf.optimizers.names()),
  schedules: ofClasses('tf.optimizers.schedules', schedules, schedules.names()),
  initializers: ofFunctions('tf.initializers', tf.initializers),
  regularizers: ofFunctions('tf.regularizers', tf.regularizers),
  constraints: ofFunctions('tf.constraints', tf.constraints),
  callbacks: ofClasses('tf.callbacks', tf.callbacks, Object.keys(tf.callbacks)),
};

export function kerasNames(): KerasNames {
  return JSON.parse(readFileSync(new URL('keras-names.json', import.meta.url), 'utf8')) as KerasNames;
}

/** Rows by family. */
export function parityTable({ classes, options }: KerasNames = kerasNames()): Map<string, ParityRow[]> {
  const families = Object.entries(classes).map(([family, rows]): [string, ParityRow[]] => [
    family,
    Object.entries(rows).map(([name, row]) => classRow(family, name, row)),
  ]);
  const ours: Record<string, readonly string[]> = { fit: FIT_OPTIONS, compile: COMPILE_OPTIONS };
  const calls = Object.entries(options).map(([call, names]): [string, ParityRow[]] => [
    call,
    names.map((name) => optionRow(call, name, ours[call] ?? [])),
  ]);
  return new Map([...families, ...calls]);
}

function classRow(family: string, name: string, { aliases, options }: KerasClass): ParityRow {
  const here = FAMILIES[family];
  if (!here) throw new Error(`Nobody knows where our ${family} are; add them to FAMILIES.`);
  const others = aliases.filter((alias) => plainName(alias) !== plainName(name));
  const elsewhere = ELSEWHERE[family]?.[name];
  if (elsewhere) return { name, aliases: others, ours: elsewhere, reason: null, lacking: [] };
  if (!here.names.some((known) => plainName(known) === plainName(name))) {
    return { name, aliases: others, ours: null, reason: REASONS[family]?.[name] ?? null, lacking: [] };
  }
  const known = here.options(name);
  const lacking = options
    .map(camelCase)
    .filter((option) => known && !known.includes(option) && !COMMON.includes(option));
  return { name, aliases: others, ours: `\`${here.path}.${exportOf(here, name)}\``, reason: null, lacking };
}

function optionRow(call: string, name: string, known: readonly string[]): ParityRow {
  const ours = ELSEWHERE[call]?.[name] ?? (known.includes(camelCase(name)) ? `\`${camelCase(name)}\`` : null);
  return { name, aliases: [], ours, reason: ours === null ? (REASONS[call]?.[name] ?? null) : null, lacking: [] };
}

/** The function that makes one where there is such, else the class. */
function exportOf({ exports, makers }: Family, name: string): string {
  const found = Object.keys(exports).filter((key) => plainName(key) === plainName(name));
  const isClass = (key: string): boolean => key.charAt(0) === key.charAt(0).toUpperCase();
  return found.find((key) => isClass(key) !== makers) ?? found[0] ?? name;
}

function ofClasses(
  path: string,
  exports: Readonly<Record<string, unknown>>,
  names: readonly string[],
  makers = true,
): Family {
  const classes = Object.values(exports).filter(isClassWithName);
  return {
    path,
    exports,
    names,
    makers,
    options: (name) => {
      const found = classes.find(({ className }) => plainName(className) === plainName(name));
      return found?.optionNames ?? (found?.defaults ? Object.keys(found.defaults) : null);
    },
  };
}

interface FunctionExports {
  names(): string[];
  get(name: string): unknown;
}

function ofFunctions(path: string, exports: FunctionExports & Readonly<Record<string, unknown>>): Family {
  return {
    path,
    exports,
    names: exports.names(),
    makers: true,
    options: (name) => {
      const made = exports.get(name);
      return hasConfig(made) ? Object.keys(optionsOf(made.getConfig())) : null;
    },
  };
}

function isClassWithName(value: unknown): value is Class {
  return typeof value === 'function' && 'className' in value;
}

function hasConfig(value: unknown): value is { getConfig(): Record<string, unknown> } {
  return typeof value === 'function' && 'getConfig' in value;
}
