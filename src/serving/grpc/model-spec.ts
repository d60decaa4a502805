import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ModelSpec, ModelSpecSchema } from '../../proto/serving.js';
import { DEFAULT_SIGNATURE } from '../http/predict-json.js';
import { invalid } from '../invalid.js';
import type { Repository, ServedModelVersions, VersionSpec } from '../repository/repository.js';
import type { Servable } from '../repository/servable.js';

/** A version of a model that was asked for. */
export interface Asked {
  readonly model: ServedModelVersions;
  readonly version: number;
  readonly servable: Servable;
}

/** @throws TF_INVALID_ARGUMENT, TF_NOT_FOUND */
export function asked(repository: Repository, given: ModelSpec | undefined): Asked {
  const spec = named(given);
  const model = repository.model(spec.name);
  const version = model.versionOf(versionOf(spec));
  return { model, version, servable: model.get({ version }) };
}

/** @throws TF_INVALID_ARGUMENT */
export function named(spec: ModelSpec | undefined): ModelSpec {
  if (!spec) throw invalid('Missing ModelSpec');
  if (spec.name === '') throw invalid('ModelSpec has no name specified.');
  return spec;
}

export function versionOf({ versionChoice: { case: kind, value } }: ModelSpec): VersionSpec {
  if (kind === 'version') return { version: Number(value.value) };
  return kind === 'versionLabel' ? { label: value } : {};
}

export function signatureNameOf(spec: ModelSpec | undefined): string {
  return spec?.signatureName || DEFAULT_SIGNATURE;
}

/** What answered. */
export function specOf({ model, version }: Asked, signatureName = ''): MessageInitShape<typeof ModelSpecSchema> {
  return { name: model.name, versionChoice: { case: 'version', value: { value: BigInt(version) } }, signatureName };
}
