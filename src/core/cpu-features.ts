import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The processor's features that the library's kernels use, with their names in Linux and macOS. */
const CPU_FEATURES: Readonly<Record<string, readonly string[]>> = {
  avx2: ['avx2', 'avx2_0'],
  fma: ['fma'],
  avx512: ['avx512f'],
  'avx512 vnni': ['avx512_vnni', 'avx512vnni'],
  'avx512 bf16': ['avx512_bf16'],
  'amx bf16': ['amx_bf16'],
  neon: ['asimd', 'advsimd'],
  sve: ['sve'],
  'arm bf16': ['bf16', 'feat_bf16'],
};

/** Those of the processor's features that decide how fast a step is; none where the system does not say. */
export function cpuFeatures(): string[] {
  const flags = new Set(cpuFlags().map((flag) => flag.toLowerCase()));
  return Object.keys(CPU_FEATURES).filter((name) => CPU_FEATURES[name]?.some((flag) => flags.has(flag)));
}

/** What the system says of its first processor; nothing where it does not say. */
function cpuFlags(): string[] {
  try {
    if (process.platform === 'darwin') {
      const said = execFileSync('sysctl', ['hw.optional'], { encoding: 'utf8' });
      return [...said.matchAll(/(\w+): 1$/gm)].map(([, flag = '']) => flag);
    }
    return /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.trim().split(' ') ?? [];
  } catch {
    return [];
  }
}
