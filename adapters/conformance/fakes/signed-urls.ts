import { createHash, type KeyObject, verify } from 'node:crypto';

export type SignedUrlCheck = {
  /** Of each service account that may sign, its public key. */
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly now: () => number;
};

const algorithm = 'GOOG4-RSA-SHA256';
const parameters = ['X-Goog-Algorithm', 'X-Goog-Credential', 'X-Goog-Date', 'X-Goog-Expires', 'X-Goog-SignedHeaders', 'X-Goog-Signature'];
const longestSeconds = 604_800;
const skewMillis = 15 * 60_000;

/** What Cloud Storage answers to a request that it does not take. */
const refused = (status: number, code: string, message: string): Response =>
  new Response(`<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${message}</Message></Error>`, {
    status,
    headers: { 'content-type': 'application/xml; charset=UTF-8' },
  });

/**
 * What an emulator of Cloud Storage leaves out: whether a request is what its V4 signed URL grants, by the description of the signing process
 * (https://cloud.google.com/storage/docs/authentication/canonical-requests). The answer to one that is not; nothing where it is.
 */
export const refusalOfSignedUrl = (request: Request, { keys, now }: SignedUrlCheck): Response | undefined => {
  const url = new URL(request.url);
  const given = url.search
    .slice(1)
    .split('&')
    .map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split('=');
      return [decodeURIComponent(name), decodeURIComponent(value)];
    });
  const values = new Map(given);
  for (const name of parameters)
    if (given.filter(([one]) => one === name).length !== 1) return refused(400, 'InvalidArgument', `${name} is missing or said twice.`);
  const value = (name: string): string => values.get(name) ?? '';
  const credential = value('X-Goog-Credential');
  const [email = '', date = '', location = '', service = '', kind = ''] = credential.split('/');
  const moment = value('X-Goog-Date');
  const key = keys.get(email);
  const startsAt = Date.parse(moment.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const seconds = Number(value('X-Goog-Expires'));
  const isWellFormed =
    value('X-Goog-Algorithm') === algorithm && service === 'storage' && kind === 'goog4_request' && moment.startsWith(date);
  if (!isWellFormed || Number.isNaN(startsAt))
    return refused(400, 'AuthenticationRequired', 'The parameters of the signature are malformed.');
  if (!(seconds >= 1 && seconds <= longestSeconds)) return refused(400, 'InvalidArgument', 'X-Goog-Expires is at most a week.');
  if (key === undefined) return refused(403, 'AccessDenied', 'The account is not known.');
  if (now() > startsAt + seconds * 1000) return refused(403, 'ExpiredToken', 'The signed URL has expired.');
  if (now() < startsAt - skewMillis) return refused(403, 'RequestTimeTooSkewed', 'The signed URL is of the future.');
  const canonical = canonicalRequest(request, url, given, value('X-Goog-SignedHeaders'));
  const digest = createHash('sha256').update(canonical).digest('hex');
  const signed = [algorithm, moment, [date, location, service, kind].join('/'), digest].join('\n');
  const signature = Buffer.from(value('X-Goog-Signature'), 'hex');
  return verify('sha256', Buffer.from(signed), key, signature)
    ? undefined
    : refused(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.');
};

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

const canonicalRequest = (request: Request, url: URL, given: readonly (readonly [string, string])[], signedHeaders: string): string => {
  const path = url.pathname
    .split('/')
    .map((segment) => encoded(decodeURIComponent(segment)))
    .join('/');
  const query = given
    .filter(([name]) => name !== 'X-Goog-Signature')
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const headers = signedHeaders
    .split(';')
    .map((name) => `${name}:${name === 'host' ? url.host : (request.headers.get(name) ?? '').trim()}`);
  return [request.method, path, query, ...headers, '', signedHeaders, 'UNSIGNED-PAYLOAD'].join('\n');
};
