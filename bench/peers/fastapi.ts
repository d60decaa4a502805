import { KERAS } from './keras.js';
import { pythonFor } from './python.js';

const FASTAPI = {
  title: 'FastAPI with Python Keras',
  name: 'fastapi',
  variable: 'LIBTENSORFLOW_NODE_FASTAPI_PYTHON',
  needs: ['keras', 'h5py', 'fastapi', 'uvicorn'],
  requirements: [...KERAS.requirements, 'fastapi==0.165.0', 'uvicorn==0.54.0'],
};

/**
 * A Python with Keras behind FastAPI and uvicorn.
 *
 * @throws an Error of one sentence where it cannot be made
 */
export async function fastapiPython(log: (line: string) => void): Promise<string> {
  return pythonFor(FASTAPI, log);
}
