import { type Failure, failed, isFailure } from '../../domain/kernel/failure.ts';
import type { ByteRange, ObjectBody, ObjectInfo } from '../../domain/kernel/object-store.ts';
import { versionNotFound } from '../../domain/models/failures.ts';
import { type Answer, handler } from '../kernel/handler.ts';
import { problem } from '../kernel/problem.ts';
import { digestHeader } from './content-digest.ts';
import type { models } from './context.ts';
import { findVersion } from './registry.ts';

/** Time to begin a download elsewhere. */
const readableSeconds = 900;

export const getArtifact = handler<typeof models, 'GET /v1/models/{name}/versions/{version}/artifact'>(
  async ({ params, headers, principal }, { registry, artifacts }): Promise<Answer | Failure> => {
    const found = await findVersion(registry, principal.tenant, params.name, params.version);
    if (isFailure(found)) return found;
    const { artifact, digest, sizeBytes } = found.state;
    const hex = digest.slice('sha256:'.length);
    const range = rangeOf(headers, `"${hex}"`, sizeBytes);
    if (range === 'unsatisfiable') return unsatisfiable(sizeBytes);
    const object = await artifacts.get(artifact, range);
    if (object === undefined) return versionNotFound(params.name, params.version);
    if (isFailure(object)) return unsatisfiable(sizeBytes);
    return { ...artifactAnswer(object, hex, range), elsewhere: () => artifacts.presign('GET', artifact, readableSeconds) };
  },
);

const artifactAnswer = (
  { info, body }: { readonly info: ObjectInfo; readonly body: ObjectBody },
  hex: string,
  range?: Required<ByteRange>,
): Answer => {
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': String(range === undefined ? info.sizeBytes : range.end - range.start + 1),
    etag: `"${hex}"`,
    'accept-ranges': 'bytes',
    'repr-digest': digestHeader(hex),
  };
  if (range === undefined) return { status: 200, headers: { ...headers, 'content-digest': digestHeader(hex) }, stream: body };
  return { status: 206, headers: { ...headers, 'content-range': `bytes ${range.start}-${range.end}/${info.sizeBytes}` }, stream: body };
};

const unsatisfiable = (sizeBytes: number): Answer => {
  const { body, headers } = problem(
    failed('invalid', 'range-not-satisfiable', `The artifact has ${sizeBytes} bytes; none of them is in the range.`),
  );
  const answered = { ...(body as object), title: 'Range Not Satisfiable', status: 416 };
  return { status: 416, body: answered, headers: { ...headers, 'content-range': `bytes */${sizeBytes}` } };
};

const singleRange = /^bytes=(\d*)-(\d*)$/;

/** One range of bytes (RFC 9110, section 14). Several ranges, other units and what is malformed are ignored, as a server may: the whole is sent. */
export const rangeOf = (headers: Headers, etag: string, sizeBytes: number): Required<ByteRange> | 'unsatisfiable' | undefined => {
  const matched = singleRange.exec(headers.get('range')?.trim() ?? '');
  const ifRange = headers.get('if-range');
  if (matched === null || (ifRange !== null && ifRange !== etag)) return undefined;
  const [first, last] = [matched[1] ?? '', matched[2] ?? ''];
  if (first === '' && last === '') return undefined;
  if (first === '') return Number(last) === 0 ? 'unsatisfiable' : { start: Math.max(0, sizeBytes - Number(last)), end: sizeBytes - 1 };
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= sizeBytes ? 'unsatisfiable' : { start, end: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
};
