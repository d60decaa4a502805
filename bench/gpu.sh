#!/bin/bash
# The whole benchmark on a machine with an NVIDIA GPU, in one command: bench/gpu.sh [suite …]
# Brings the CUDA build of the library and the addon, says what the library sees, then measures; results go where
# `npm run bench` puts them. Peers in Python use the GPU where LIBTENSORFLOW_NODE_PYTHON and
# LIBTENSORFLOW_NODE_TORCH_PYTHON name interpreters with CUDA builds of them.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v nvidia-smi >/dev/null; then
  echo 'bench/gpu.sh: there is no nvidia-smi, so no NVIDIA driver; run npm run bench for the CPU.' >&2
  exit 1
fi
nvidia-smi --query-gpu=name,driver_version,memory.total,compute_cap --format=csv

export LIBTENSORFLOW_VARIANT=cuda
npm ci
npm run build
npx tsx -e "
import('./src/index.ts').then((tf) => {
  const gpus = tf.devices().filter(({ type }) => type === 'GPU');
  console.log(gpus);
  if (gpus.length === 0) throw new Error('The library sees no GPU: the driver must be one for CUDA 12.');
});"
npm run bench -- "$@"
