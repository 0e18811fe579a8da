import { type FakeAnswer, json, Refusal } from '../server.ts';

type Refused = { readonly status: number; readonly code: string; readonly message: string; readonly inner?: string };

const errorAnswer = ({ status, code, message, inner }: Refused, headers: Readonly<Record<string, string>> = {}): FakeAnswer =>
  json(status, { error: { code, message, ...(inner === undefined ? {} : { innererror: { code: inner } }) } }, headers);

export const refused = (error: Refused): Refusal => new Refusal(errorAnswer(error));

export const badParameter = (message: string): Refusal => refused({ status: 400, code: 'BadParameter', message });

export const notFound = (name: string): Refusal =>
  refused({ status: 404, code: 'SecretNotFound', message: `A secret with (name/id) ${name} was not found in this key vault.` });

export const deleted = (name: string): Refusal =>
  refused({
    status: 409,
    code: 'Conflict',
    message: `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
    inner: 'ObjectIsDeletedButRecoverable',
  });

export const beingDeleted = (name: string): Refusal =>
  refused({
    status: 409,
    code: 'Conflict',
    message: `Secret ${name} is currently being deleted and cannot be re-created; retry later.`,
    inner: 'ObjectIsBeingDeleted',
  });

export const disabled = (): Refusal =>
  refused({ status: 403, code: 'Forbidden', message: 'Operation get is not allowed on a disabled secret.', inner: 'SecretDisabled' });

/** Who comes without a token is told where to get one, and for what. */
export const challenged = (tenant: string, message: string): Refusal =>
  new Refusal(
    errorAnswer(
      { status: 401, code: 'Unauthorized', message },
      { 'www-authenticate': `Bearer authorization="https://login.windows.net/${tenant}", resource="https://vault.azure.net"` },
    ),
  );

/** For an interceptor: the vault had too many requests. */
export const throttled = (retryAfterSeconds: number): FakeAnswer =>
  errorAnswer(
    { status: 429, code: 'Throttled', message: 'Request was not processed because too many requests were received.' },
    { 'retry-after': String(retryAfterSeconds) },
  );
