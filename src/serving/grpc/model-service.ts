import { TensorFlowError } from '../../errors/errors.js';
import { ModelService, ModelVersionStatus_State } from '../../proto/serving.js';
import type { Repository } from '../repository/repository.js';
import { named, versionOf } from './model-spec.js';
import { type Handlers, type Implementation, implement } from './service.js';

/**
 * TensorFlow Serving's way to ask which versions there are.
 *
 * Source: tensorflow_serving/model_servers/get_model_status_impl.cc.
 */
export function modelService(repository: Repository): Implementation {
  return implement(ModelService, { getModelStatus: getModelStatus(repository) });
}

function getModelStatus({ models }: Repository): Handlers<typeof ModelService>['getModelStatus'] {
  return ({ modelSpec }) => {
    const spec = named(modelSpec);
    const { version, label } = versionOf(spec);
    const model = models.get(spec.name);
    const known = model?.versions ?? [];
    const wanted = label === undefined ? version : model?.versionOf({ label });
    const versions = wanted === undefined ? known : known.filter((one) => one === wanted);
    if (versions.length === 0) {
      const what = wanted === undefined ? 'any versions' : `version ${wanted}`;
      throw new TensorFlowError('TF_NOT_FOUND', `Could not find ${what} of model ${spec.name}`);
    }
    const state = ModelVersionStatus_State.AVAILABLE;
    return { modelVersionStatus: versions.map((one) => ({ version: BigInt(one), state, status: {} })) };
  };
}
