import { codeOf, messageOf, TensorFlowError } from '../../errors/errors.js';
import { ModelService, ModelVersionStatus_State, StatusCode } from '../../proto/serving.js';
import { invalid } from '../invalid.js';
import { modelSettings } from '../repository/model-config.js';
import type { VersionStatus } from '../repository/model-versions.js';
import type { Repository } from '../repository/repository.js';
import { withoutPaths } from '../without-paths.js';
import { named, versionOf } from './model-spec.js';
import { type Handlers, type Implementation, implement } from './service.js';

type ModelHandlers = Handlers<typeof ModelService>;

/**
 * TensorFlow Serving's way to ask which versions there are, and to say which models are served.
 *
 * Source: tensorflow_serving/model_servers/get_model_status_impl.cc, model_service_impl.cc.
 *
 * @param isTrusted whether every client may say which folders of this machine are served
 */
export function modelService(repository: Repository, isTrusted: boolean): Implementation {
  return implement(ModelService, {
    getModelStatus: getModelStatus(repository),
    handleReloadConfigRequest: reloadConfig(repository, isTrusted),
  });
}

function getModelStatus({ models }: Repository): ModelHandlers['getModelStatus'] {
  return ({ modelSpec }) => {
    const spec = named(modelSpec);
    const { version, label } = versionOf(spec);
    const model = models.get(spec.name);
    const known = model?.statuses ?? [];
    const wanted = label === undefined ? version : model?.versionOf({ label });
    const statuses = wanted === undefined ? known : known.filter((one) => one.version === wanted);
    if (statuses.length === 0) {
      const what = wanted === undefined ? 'any versions' : `version ${wanted}`;
      throw new TensorFlowError('TF_NOT_FOUND', `Could not find ${what} of model ${spec.name}`);
    }
    return { modelVersionStatus: statuses.map(statusProto) };
  };
}

function statusProto({ version, state, error }: VersionStatus) {
  const status = error === undefined ? {} : { errorCode: StatusCode.UNKNOWN, errorMessage: withoutPaths(error) };
  return { version: BigInt(version), state: ModelVersionStatus_State[state], status };
}

function reloadConfig(repository: Repository, isTrusted: boolean): ModelHandlers['handleReloadConfigRequest'] {
  return async ({ config }) => {
    if (!isTrusted) {
      const who = 'clients with a token or a certificate, or a server that only its own machine reaches';
      throw new TensorFlowError('TF_PERMISSION_DENIED', `Which models are served is left to ${who}.`);
    }
    if (!config) throw invalid('Missing ModelServerConfig');
    await repository.reconfigure(modelSettings(config)).catch(failed);
    return { status: {} };
  };
}

/** Why: a model that cannot be loaded is no failure of the server's. */
function failed(cause: unknown): never {
  const code = codeOf(cause) ?? '';
  const isPath = code === 'ERR_NOT_READABLE' || code === 'ERR_FILE_FORMAT';
  throw isPath ? new TensorFlowError('TF_FAILED_PRECONDITION', withoutPaths(messageOf(cause)), { cause }) : cause;
}
