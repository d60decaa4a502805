import { type PythonRecipe, pythonFor } from './python.js';

const TENSORFLOW = process.platform === 'linux' && process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';

/** Why some without their dependencies: they ask for another `tensorflow` package, and for a protobuf older than TensorFlow's. */
export const KERAS: PythonRecipe = {
  title: 'Python Keras',
  name: 'keras',
  variable: 'LIBTENSORFLOW_NODE_PYTHON',
  needs: ['keras', 'h5py'],
  requirements: [
    `${TENSORFLOW}==2.21.0`,
    'keras==3.15.1',
    ...['h5py', 'pillow', 'scipy'],
    // Of the clients of serving.
    ...['geventhttpclient', 'grpcio', 'grpcio-health-checking', 'grpcio-reflection', 'python-rapidjson'],
  ],
  withoutDependencies: ['tf-keras==2.21.0', 'tensorflow-serving-api==2.21.0', 'tritonclient==2.73.0'],
};

/**
 * A Python with Keras, and with the clients of serving.
 *
 * @throws an Error of one sentence where it cannot be made
 */
export async function kerasPython(log: (line: string) => void): Promise<string> {
  return pythonFor(KERAS, log);
}
