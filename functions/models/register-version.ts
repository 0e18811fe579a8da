import { stateItem } from '../../domain/kernel/event-store.ts';
import { type Failure, failed, isFailure } from '../../domain/kernel/failure.ts';
import type { Signature } from '../../domain/kernel/model-host.ts';
import type { ObjectBody } from '../../domain/kernel/object-store.ts';
import { modelStream, versionStream, versions } from '../../domain/models/streams.ts';
import { type Answer, change, created, handler, type PortsOf, type RequestOf } from '../kernel/handler.ts';
import { fingerprintOf } from '../kernel/idempotency.ts';
import { artifactKey, holdArtifact, releaseArtifact, uploadKey } from './artifacts.ts';
import { parseContentDigest, type StatedDigests } from './content-digest.ts';
import type { models } from './context.ts';
import { hashing } from './hashing.ts';
import { findOpenModel, highestVersion, unchanged, untilSettled } from './registry.ts';
import { versionView } from './views.ts';

type Request = RequestOf<typeof models, 'POST /v1/models/{name}/versions'>;
type Ports = PortsOf<typeof models>;
type Upload = { readonly key: string; readonly sizeBytes: number; readonly digest: string };

const digestMismatch = (algorithm: string) =>
  failed('invalid', 'digest-mismatch', `The body does not have the ${algorithm} digest that Content-Digest states; send it again.`);
const emptyBody = () => failed('invalid', 'not-an-onnx-model', 'The body is empty; it has to be a model in the ONNX format.');

export const registerVersion = handler<typeof models, 'POST /v1/models/{name}/versions'>(async (request, ports) => {
  const found = await findOpenModel(ports.registry, request.principal.tenant, request.params.name);
  if (isFailure(found)) return found;
  const stated = parseContentDigest(request.headers.get('content-digest'));
  if (isFailure(stated)) return stated;
  const key = uploadKey(request.principal.tenant, ports.ids.next());
  try {
    const upload = await receive(request.body, key, stated, ports);
    return isFailure(upload) ? upload : await register(request, upload, ports);
  } finally {
    await ports.artifacts.delete(key);
  }
});

const receive = async (body: ObjectBody, key: string, stated: StatedDigests, { artifacts }: Ports): Promise<Upload | Failure> => {
  const hashed = hashing(body as unknown as AsyncIterable<Uint8Array>, stated);
  const stored = await artifacts.put(key, hashed.bytes, { contentType: 'application/octet-stream' });
  if (isFailure(stored)) return stored;
  const digests: StatedDigests & { readonly sha256: string } = hashed.digests();
  if (stated.sha256 !== undefined && stated.sha256 !== digests.sha256) return digestMismatch('sha-256');
  if (stated.sha512 !== undefined && stated.sha512 !== digests.sha512) return digestMismatch('sha-512');
  return hashed.sizeBytes() === 0 ? emptyBody() : { key, sizeBytes: hashed.sizeBytes(), digest: `sha256:${digests.sha256}` };
};

const register = async (request: Request, upload: Upload, ports: Ports): Promise<Answer | Failure> => {
  const earlier = await answeredBefore(request, upload);
  if (earlier !== undefined) return earlier;
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

// Asked before the artifact is held, so that a request that is tried again does not hold it twice.
const answeredBefore = async ({ idempotency, url, principal, params }: Request, { digest }: Upload) =>
  (await idempotency?.identify(fingerprintOf(url.pathname, digest))) ??
  (await idempotency?.recordedIn(stateItem(modelStream(principal.tenant, params.name)).pk));

type Inspected = Upload & { readonly signature: Signature; readonly reference: string };

const append = async (
  request: Request,
  { digest, sizeBytes, signature, reference }: Inspected,
  { registry, clock }: Ports,
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
