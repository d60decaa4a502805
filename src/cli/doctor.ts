import { existsSync } from 'node:fs';
import { pin, platformKey } from '../../deps/find.mjs';
import { cpuFeatures } from '../core/cpu-features.js';
import { messageOf } from '../errors/errors.js';
import type { Addon, DeviceInfo } from '../native/binding.js';
import { type FoundLibrary, findAddon, findLibrary, loadAddon, openAddon } from '../native/library.js';

/** What is on this machine, and what to do about what is missing. */
export interface DoctorReport {
  /** `<platform>-<architecture>`, as `linux-x64`. */
  readonly platform: string;
  readonly node: string;
  /** Those of the processor's features that decide how fast a step is. */
  readonly cpuFeatures: readonly string[];
  readonly addon: { readonly file: string | null; readonly loads: boolean };
  readonly library: FoundLibrary | null;
  readonly devices: readonly DeviceInfo[];
  /** One sentence per problem, with the way out; empty when all is well. */
  readonly advice: readonly string[];
}

/** Looks at everything a run needs. Never throws: what fails becomes a sentence of `advice`. */
export async function doctor(): Promise<DoctorReport> {
  const advice = new Set<string>();
  const attempt = <T>(body: () => T): T | null => {
    try {
      return body();
    } catch (error) {
      advice.add(messageOf(error));
      return null;
    }
  };
  const loads = attempt(openAddon) !== null;
  const found = attempt(findLibrary);
  const opened = loads && found ? attempt(loadAddon) : null;
  const library = found && opened ? { ...found, version: attempt(() => opened.version()) } : found;
  const devices = (opened && attempt(() => devicesOf(opened))) ?? [];
  if (library && opened) for (const sentence of adviceOn(library, devices)) advice.add(sentence);
  return {
    platform: platformKey(),
    node: process.versions.node,
    cpuFeatures: cpuFeatures(),
    addon: { file: findAddon() ?? null, loads },
    library,
    devices,
    advice: [...advice],
  };
}

/** The report as the command line prints it. */
export function formatDoctor(report: DoctorReport): string {
  const { addon, library, devices, advice } = report;
  const rows: [string, string][] = [
    ['platform', report.platform],
    ['node', report.node],
    ['cpu', report.cpuFeatures.join(', ') || 'no features known'],
    ['addon', addon.file === null ? 'not built' : `${addon.file} (${addon.loads ? 'loads' : 'does not load'})`],
    ['library', library ? describeLibrary(library) : 'not found'],
    ['devices', devices.map(describeDevice).join(', ') || 'none'],
  ];
  const table = rows.map(([name, value]) => `${name.padEnd(9)} ${value}`);
  const rest = advice.length === 0 ? ['All is well.'] : ['What to do:', ...advice.map((sentence) => `- ${sentence}`)];
  return [...table, '', ...rest].join('\n');
}

function describeLibrary({ version, variant, source, directory }: FoundLibrary): string {
  return `${[version, variant].filter(Boolean).join(' ') || 'version unknown'}, from ${SOURCES[source]}: ${directory}`;
}

const SOURCES: Readonly<Record<FoundLibrary['source'], string>> = {
  environment: 'LIBTENSORFLOW_DIR',
  cache: 'the cache',
  python: 'a Python package',
};

function describeDevice({ name, type, memory }: DeviceInfo): string {
  const short = name.replace(/^.*device:/, '');
  return type === 'CPU' || memory < 0 ? short : `${short} (${(memory / 2 ** 30).toFixed(1)} GiB)`;
}

function devicesOf(addon: Addon): DeviceInfo[] {
  const graph = addon.graph();
  try {
    const session = addon.session(graph);
    try {
      return session.devices();
    } finally {
      session.dispose();
    }
  } finally {
    graph.dispose();
  }
}

function* adviceOn(library: FoundLibrary, devices: readonly DeviceInfo[]): Generator<string> {
  if (library.version !== pin.version) {
    yield `libtensorflow ${library.version} was opened and ${pin.version} is expected: operations may differ; run \`npx libtensorflow-node fetch\` and unset LIBTENSORFLOW_DIR.`;
  }
  const onGpu = devices.some(({ type }) => type === 'GPU');
  if (library.variant === 'cuda' && !onGpu) {
    yield 'the CUDA build sees no GPU and runs on the CPU: install or update the NVIDIA driver (`nvidia-smi` must list the card).';
  }
  if (library.variant === 'cpu' && existsSync('/proc/driver/nvidia/version')) {
    yield 'an NVIDIA driver is there, and the CPU build is used: set LIBTENSORFLOW_VARIANT=cuda and run `npx libtensorflow-node fetch`.';
  }
}
