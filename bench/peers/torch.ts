import { pythonFor } from './python.js';

const TORCH = {
  title: 'PyTorch',
  name: 'torch',
  variable: 'LIBTENSORFLOW_NODE_TORCH_PYTHON',
  needs: ['torch'],
  requirements: ['torch==2.15.0', 'numpy'],
};

/**
 * A Python with PyTorch. Some gigabytes are fetched, since the package comes with CUDA's libraries.
 *
 * @throws an Error of one sentence where it cannot be made
 */
export async function torchPython(log: (line: string) => void): Promise<string> {
  return pythonFor(TORCH, log);
}
