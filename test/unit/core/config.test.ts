import { afterEach, expect, test } from 'vitest';
import { config, sessionConfig } from '../../../src/core/config.js';
import { decode } from '../../../src/proto/codec.js';
import { ConfigProtoSchema, RewriterConfig_Toggle } from '../../../src/proto/config.js';

afterEach(() => config({ gpu: {}, graphOptimizer: {}, intraOpThreads: 0, interOpThreads: 0 }));

test('a memory limit is a virtual device on every visible GPU', () => {
  config({ gpu: { memoryLimit: 2048, visibleDevices: '0,1' } });
  const { gpuOptions } = decode(ConfigProtoSchema, sessionConfig());
  expect(gpuOptions?.visibleDeviceList).toBe('0,1');
  expect(gpuOptions?.allowGrowth).toBe(true);
  expect(gpuOptions?.experimental?.virtualDevices.map((device) => device.memoryLimitMb)).toEqual([[2048], [2048]]);
});

test('without a limit there are no virtual devices', () => {
  config({ gpu: { allowGrowth: false } });
  const { gpuOptions } = decode(ConfigProtoSchema, sessionConfig());
  expect(gpuOptions?.experimental?.virtualDevices ?? []).toEqual([]);
  expect(gpuOptions?.allowGrowth).toBe(false);
});

test('threads, a share of memory and rewrites reach the session', () => {
  config({
    intraOpThreads: 2,
    interOpThreads: 3,
    gpu: { memoryFraction: 0.5 },
    graphOptimizer: { remapping: false, autoMixedPrecision: true },
  });
  const message = decode(ConfigProtoSchema, sessionConfig());
  expect([message.intraOpParallelismThreads, message.interOpParallelismThreads]).toEqual([2, 3]);
  expect(message.allowSoftPlacement).toBe(true);
  expect(message.gpuOptions?.perProcessGpuMemoryFraction).toBe(0.5);
  const { DEFAULT, ON, OFF } = RewriterConfig_Toggle;
  expect(message.graphOptions?.rewriteOptions).toMatchObject({
    remapping: OFF,
    autoMixedPrecision: ON,
    constantFolding: DEFAULT,
    disableMetaOptimizer: false,
  });
});

test('unknown settings are refused, with the nearest known one', () => {
  expect(() => config({ gpu: { memorylimit: 1 } as never })).toThrow(/tf\.config: gpu.*memorylimit.*memoryLimit/);
  expect(() => config({ graphOptimizer: { remaping: true } as never })).toThrow(/remaping.*remapping/);
  expect(() => config({ seeds: 1 } as never)).toThrow(/tf\.config.*seeds.*seed/);
});
