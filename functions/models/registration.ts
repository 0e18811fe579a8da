import { stateItem } from '../../domain/kernel/event-store.ts';
import { type Failure, failed, isFailure } from '../../domain/kernel/failure.ts';
import type { Signature } from '../../domain/kernel/model-host.ts';
import { modelStream, versionStream, versions } from '../../domain/models/streams.ts';
import { type Answer, change, created, type HttpRequest, type PortsOf } from '../kernel/handler.ts';
import { artifactKey, holdArtifact, releaseArtifact } from './artifacts.ts';
import type { models } from './context.ts';
import { findOpenModel, highestVersion, unchanged, untilSettled } from './registry.ts';
import { versionView } from './views.ts';

/** Bytes that wait under a key that nobody else can write to, of the size and with the digest (`sha256:<hex>`) that they have. */
export type Upload = { readonly key: string; readonly sizeBytes: number; readonly digest: string };
export type Registering = Pick<HttpRequest<{ readonly name: string }>, 'params' | 'principal' | 'traceparent' | 'idempotency'>;
export type RegistrationPorts = Pick<PortsOf<typeof models>, 'registry' | 'artifacts' | 'modelHost' | 'clock' | 'ids'>;

export const emptyBody = () => failed('invalid', 'not-an-onnx-model', 'The body is empty; it has to be a model in the ONNX format.');

/** What an earlier try of this request has answered. Asked before the artifact is held, so that a request that is tried again does not hold it twice. */
export const answeredBefore = ({ idempotency, principal, params }: Registering): Promise<Answer | undefined> =>
  idempotency?.recordedIn(stateItem(modelStream(principal.tenant, params.name)).pk) ?? Promise.resolve(undefined);

/** Makes an upload the next version of a model, if it can be served. The upload stays. */
export const register = async (request: Registering, upload: Upload, ports: RegistrationPorts): Promise<Answer | Failure> => {
  const signature = await ports.modelHost.inspect(upload.key);
  if (isFailure(signature)) return signature;
  const holding = { tenant: request.principal.tenant, digest: upload.digest, reference: ports.ids.next() };
  const artifact = await holdArtifact(holding, upload.key, ports);
  const answer = isFailure(artifact)
    ? artifact
    : await untilSettled(() => append(request, { ...upload, signature, reference: holding.reference }, ports));
  if (isFailure(answer)) await releaseArtifact(holding, ports);
  return answer;
};

type Inspected = Upload & { readonly signature: Signature; readonly reference: string };

const append = async (
  request: Registering,
  { digest, sizeBytes, signature, reference }: Inspected,
  { registry, clock }: RegistrationPorts,
): Promise<Answer | Failure> => {
  const { tenant, id: by } = request.principal;
  const { name } = request.params;
  const found = await findOpenModel(registry, tenant, name);
  if (isFailure(found)) return found;
  const version = String((await highestVersion(registry, tenant, name)) + 1);
  const id = versionStream(tenant, name, version);
  if (id === undefined) return failed('conflict', 'too-many-versions', `The model "${name}" cannot have more versions.`);
  const registration = { model: name, version, artifact: artifactKey(tenant, digest), digest, sizeBytes, signature, reference };
  const command = { type: 'register', ...registration, createdAt: clock.now().toISOString(), createdBy: by } as const;
  const { type: _, ...registered } = command;
  const respond = () =>
    created(versionView({ status: 'ready', ...registered }), { headers: { location: `/v1/models/${name}/versions/${version}` } });
  return change(request, registry, [versions, id, command], respond, { expectedVersion: 0, checks: [unchanged(found)] });
};
