import { type Failure, failed, isFailure } from '../../domain/kernel/failure.ts';
import { bytesOf } from '../kernel/context.ts';
import { type Answer, handler, type PortsOf } from '../kernel/handler.ts';
import { uploadKey } from './artifacts.ts';
import { largestModel, type models } from './context.ts';
import { hashing } from './hashing.ts';
import { answeredBefore, emptyBody, register, type Upload } from './registration.ts';
import { findOpenModel } from './registry.ts';

type Artifacts = PortsOf<typeof models>['artifacts'];

const uploadId = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const notFound = (id: string) =>
  failed(
    'not-found',
    'upload-not-found',
    `No upload "${id}" has arrived: PUT the model to the upload's URL first. It is kept for an hour.`,
  );
const tooLarge = () => failed('too-large', 'body-too-large', `The upload is larger than a model may be, which is ${largestModel}.`);
const digestMismatch = (digest: string) =>
  failed('invalid', 'digest-mismatch', `The upload has the digest ${digest}, and not the one that was stated; PUT it again.`);

export const registerUploadedVersion = handler<typeof models, 'POST /v1/models/{name}/uploads/{id}/version'>(async (request, ports) => {
  const { tenant } = request.principal;
  const { name, id } = request.params;
  const found = await findOpenModel(ports.registry, tenant, name);
  if (isFailure(found)) return found;
  const earlier = await answeredBefore(request);
  if (earlier !== undefined) return earlier;
  if (!uploadId.test(id)) return notFound(id);
  const uploaded = uploadKey(tenant, id);
  // Whoever holds the URL may write there at any moment: what is looked at and kept is a copy that he cannot reach.
  const key = uploadKey(tenant, ports.ids.next());
  try {
    const upload = await take(uploaded, key, request.body.digest, ports.artifacts);
    if (upload === undefined) return notFound(id);
    const outcome = isFailure(upload) ? upload : await register(request, upload, ports);
    if (isFinal(outcome)) await leave(uploaded, ports.artifacts);
    return outcome;
  } finally {
    await leave(key, ports.artifacts);
  }
});

/** The answer stands, whether or not this can be removed now: the sweep takes what is left. */
const leave = (key: string, artifacts: Artifacts): Promise<void> => artifacts.delete(key).catch(() => undefined);

/** The same upload could not be answered otherwise; what is put to its URL after that is another one. */
const isFinal = (outcome: Answer | Failure): boolean =>
  !isFailure(outcome) || outcome.failure === 'invalid' || outcome.failure === 'too-large';

/** Copies an upload to a key of ours and finds out what it is; nothing where none has arrived. */
const take = async (
  uploaded: string,
  key: string,
  stated: string | undefined,
  artifacts: Artifacts,
): Promise<Upload | Failure | undefined> => {
  const arrived = await artifacts.head(uploaded);
  if (arrived === undefined) return undefined;
  if (arrived.sizeBytes > bytesOf(largestModel)) return tooLarge();
  const copied = await artifacts.copy(uploaded, key);
  if (isFailure(copied)) return undefined;
  const object = await artifacts.get(key);
  if (object === undefined || isFailure(object)) return undefined;
  const { sizeBytes } = object.info;
  if (sizeBytes > bytesOf(largestModel)) {
    await object.body.cancel();
    return tooLarge();
  }
  const hashed = hashing(object.body as unknown as AsyncIterable<Uint8Array>, {});
  for await (const _chunk of hashed.bytes);
  const digest = `sha256:${hashed.digests().sha256}`;
  if (stated !== undefined && stated !== digest) return digestMismatch(digest);
  return sizeBytes === 0 ? emptyBody() : { key, sizeBytes, digest };
};
