import { type Failure, failed, isFailure } from '../../domain/kernel/failure.ts';
import type { ObjectBody } from '../../domain/kernel/object-store.ts';
import { type Answer, handler, type PortsOf, type RequestOf } from '../kernel/handler.ts';
import { fingerprintOf } from '../kernel/idempotency.ts';
import { uploadKey } from './artifacts.ts';
import { parseContentDigest, type StatedDigests } from './content-digest.ts';
import type { models } from './context.ts';
import { hashing } from './hashing.ts';
import { answeredBefore, emptyBody, register, type Upload } from './registration.ts';
import { findOpenModel } from './registry.ts';

type Request = RequestOf<typeof models, 'POST /v1/models/{name}/versions'>;
type Ports = PortsOf<typeof models>;

const digestMismatch = (algorithm: string) =>
  failed('invalid', 'digest-mismatch', `The body does not have the ${algorithm} digest that Content-Digest states; send it again.`);

export const registerVersion = handler<typeof models, 'POST /v1/models/{name}/versions'>(async (request, ports) => {
  const found = await findOpenModel(ports.registry, request.principal.tenant, request.params.name);
  if (isFailure(found)) return found;
  const stated = parseContentDigest(request.headers.get('content-digest'));
  if (isFailure(stated)) return stated;
  const key = uploadKey(request.principal.tenant, ports.ids.next());
  try {
    const upload = await receive(request.body, key, stated, ports);
    if (isFailure(upload)) return upload;
    return (await identified(request, upload)) ?? (await register(request, upload, ports));
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

/** What the same request was answered before; a streamed body is known by its digest. */
const identified = async (request: Request, { digest }: Upload): Promise<Answer | Failure | undefined> =>
  (await request.idempotency?.identify(fingerprintOf(request.url.pathname, digest))) ?? (await answeredBefore(request));
