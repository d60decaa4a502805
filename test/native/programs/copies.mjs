/** What `buffer()` gives where external buffers are refused. */
import { loadAddon } from './common.mjs';

const addon = loadAddon();
const tensor = addon.tensor(1, [2], Float32Array.of(1, 2));
const first = tensor.buffer();
const same = first === tensor.buffer();
const read = [...new Float32Array(first)];
new Float32Array(first).fill(9);
const kept = [...new Float32Array(tensor.reshape([2, 1]).buffer())];
console.log(JSON.stringify({ external: addon.externalBuffers(), same, read, kept }));
