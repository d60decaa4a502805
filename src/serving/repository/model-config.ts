import { readFile } from 'node:fs/promises';
import { fromJsonString } from '@bufbuild/protobuf';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import {
  type ModelConfig,
  type ModelServerConfig,
  ModelServerConfigSchema,
  type ServableVersionPolicy,
} from '../../proto/serving.js';
import { decodeText } from '../../proto/text-format.js';
import type { VersionPolicy } from './places.js';
import type { ModelSettings } from './repository.js';

/** Endings of files that name models, as opposed to files that are one. */
const ENDINGS = /\.(config|conf|json|pbtxt|prototxt|textproto|txtpb)$/i;

/** Whether a path is that of a configuration of many models. */
export function isModelConfig(path: string): boolean {
  return ENDINGS.test(path);
}

/**
 * The models of a configuration file: TensorFlow Serving's ModelServerConfig as protobuf text, or the same as JSON.
 *
 * @throws ERR_NOT_READABLE, ERR_FILE_FORMAT
 * @example
 * // model_config_list { config { name: "digits" base_path: "/models/digits" model_platform: "tensorflow" } }
 * await repository.reconfigure(await readModelConfig('models.config'));
 */
export async function readModelConfig(file: string): Promise<ModelSettings[]> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new TensorFlowError('ERR_NOT_READABLE', `'${file}' cannot be read: ${messageOf(cause)}`, { cause });
  });
  try {
    const isJson = text.trimStart().startsWith('{');
    return modelSettings(
      isJson ? fromJsonString(ModelServerConfigSchema, text) : decodeText(ModelServerConfigSchema, text),
    );
  } catch (cause) {
    throw new TensorFlowError('ERR_FILE_FORMAT', `'${file}' is no ModelServerConfig: ${messageOf(cause)}`, { cause });
  }
}

/** @throws ERR_ARGUMENT for what cannot be served */
export function modelSettings({ config }: ModelServerConfig): ModelSettings[] {
  if (config.case === 'modelConfigList') return config.value.config.map(settingsOf);
  throw new TensorFlowError('ERR_ARGUMENT', 'ModelServerConfig: a model_config_list is expected.');
}

function settingsOf({ name, basePath, modelPlatform, modelVersionPolicy, versionLabels }: ModelConfig): ModelSettings {
  const refuse = (reason: string): never => {
    throw new TensorFlowError('ERR_ARGUMENT', `ModelConfig '${name}': ${reason}.`);
  };
  if (name === '') refuse('it has no name');
  if (basePath === '') refuse('it has no base_path');
  if (modelPlatform !== '' && modelPlatform !== 'tensorflow') refuse(`model_platform '${modelPlatform}' is unknown`);
  const labels = Object.fromEntries(Object.entries(versionLabels).map(([label, version]) => [label, Number(version)]));
  return { name, path: basePath, labels, versions: policyOf(modelVersionPolicy) };
}

/** By default the newest version, as TensorFlow Serving. */
function policyOf(policy: ServableVersionPolicy | undefined): VersionPolicy {
  const { case: kind, value } = policy?.policyChoice ?? { case: undefined };
  if (kind === 'all') return 'all';
  if (kind === 'specific') return value.versions.map(Number);
  return kind === 'latest' ? { latest: Math.max(1, value.numVersions) } : 'latest';
}
