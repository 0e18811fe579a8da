import { createHmac } from 'node:crypto';
import type { FakeRequest } from '../server.ts';
import { checkToken } from '../tokens.ts';
import { refused } from './answers.ts';

export type Credential = 'master' | 'aad';

type Resource = { readonly type: string; readonly link: string };

const clockSkewMillis = 15 * 60 * 1000;
const resourceTypes = ['dbs', 'colls', 'docs', 'pkranges', 'offers'];

/**
 * Who asks: the holder of the account's key, whose signature is checked, or of a token of Entra ID, whose form, audience and expiry are.
 * Throws `Refusal` (401; 403 for a request whose date is off by more than 15 minutes).
 */
export const authorize = (request: FakeRequest, masterKey: string, now: number): Credential => {
  const header = request.header('authorization');
  if (header === undefined) throw unauthorized('Required Header authorization is missing. Ensure a valid Authorization token is passed.');
  const fields = new Map(
    decodeURIComponent(header)
      .split('&')
      .map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]),
  );
  const [type, version, signature] = ['type', 'ver', 'sig'].map((name) => fields.get(name));
  if (version !== '1.0' || signature === undefined) throw unauthorized('Authorization header is not in the form type=…&ver=1.0&sig=….');
  if (type === 'aad') return checkedToken(signature, request, now);
  if (type !== 'master') throw unauthorized(`The authorization type ${type} is not supported.`);
  return checkedSignature(signature, request, masterKey, now);
};

const unauthorized = (message: string) => refused({ status: 401, code: 'Unauthorized', message });

const checkedToken = (token: string, { origin }: FakeRequest, now: number): Credential => {
  const problem = checkToken(token, { audiences: ['https://cosmos.azure.com', origin], now });
  if (problem !== undefined) throw unauthorized(`The token is not valid: ${problem}.`);
  return 'aad';
};

const checkedSignature = (signature: string, request: FakeRequest, masterKey: string, now: number): Credential => {
  const date = request.header('x-ms-date') ?? request.header('date') ?? '';
  if (Number.isNaN(Date.parse(date))) throw unauthorized('The date header is missing or no date.');
  if (Math.abs(Date.parse(date) - now) > clockSkewMillis)
    throw refused({ status: 403, code: 'Forbidden', message: 'The authorization token is not valid at the current time.' });
  const { type, link } = resourceOf(request.path);
  const text = `${request.method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`;
  const expected = createHmac('sha256', Buffer.from(masterKey, 'base64')).update(text).digest('base64');
  if (signature !== expected)
    throw unauthorized(`The input authorization token can't serve the request. The server used the payload '${text}'.`);
  return 'master';
};

/** What is signed of a path: the kind of what it names, and the link to it, or to its parent where it names a whole feed. */
const resourceOf = (path: string): Resource => {
  const segments = path.split('/').filter(Boolean).map(decodeURIComponent);
  const last = segments.at(-1) ?? '';
  const isFeed = segments.length % 2 === 1 && resourceTypes.includes(last);
  if (isFeed) return { type: last, link: segments.slice(0, -1).join('/') };
  return { type: segments.at(-2) ?? '', link: segments.join('/') };
};
