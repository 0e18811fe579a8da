import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/kernel/clock.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Secrets } from '../../domain/kernel/secrets.ts';
import type { AwsClient } from './client.ts';
import { isAwsError } from './errors.ts';
import { secretsManager } from './services.ts';

export type ManagedSecretsOptions = {
  readonly client: AwsClient;
  /** The name or ARN of the one secret that holds all of a context's, as a JSON object of strings. */
  readonly secretId: string;
  readonly clock: Clock;
};

type Values = ReadonlyMap<string, string>;

/** Less than the port's 5 minutes, by the time that a call may take. */
const cachedMillis = 4.5 * 60_000;
/** Of the JSON text, in bytes (quotas of AWS Secrets Manager). */
const largestSecret = 65_536;

/**
 * The `Secrets` port on Secrets Manager. A put reads, changes and writes the whole: puts of one process wait for each other, but of two processes
 * that put at once the later one may undo the other's. No failure ever holds a value.
 */
export const managedSecrets = ({ client, secretId, clock }: ManagedSecretsOptions): Secrets => {
  let cached: { readonly values: Promise<Values>; readonly until: number } | undefined;
  let putting: Promise<unknown> = Promise.resolve();

  const read = async (): Promise<Values> => {
    try {
      const { SecretString } = await client.call<{ SecretString?: string }>(secretsManager, 'GetSecretValue', { SecretId: secretId });
      return valuesOf(SecretString ?? '');
    } catch (error) {
      // As good as empty: it was made and holds nothing yet. Where it was not made, a put will say so.
      if (isAwsError(error, 'ResourceNotFoundException')) return new Map();
      throw error;
    }
  };

  const remember = (values: Promise<Values>): Promise<Values> => {
    const entry = { values, until: clock.now().getTime() + cachedMillis };
    cached = entry;
    values.catch(() => {
      if (cached === entry) cached = undefined;
    });
    return values;
  };

  const write = async (name: string, value: string): Promise<void> => {
    const values = new Map([...(await read()), [name, value]]);
    const SecretString = JSON.stringify(Object.fromEntries(values));
    if (Buffer.byteLength(SecretString) > largestSecret)
      throw new Rejected(failed('too-large', 'secret-too-large', `The secrets of a context are at most ${largestSecret} bytes together.`));
    // Who makes requests of his own has to make the token too; with it a request that is sent again is the same one.
    await client.call(secretsManager, 'PutSecretValue', { SecretId: secretId, SecretString, ClientRequestToken: randomUUID() });
    remember(Promise.resolve(values));
  };

  return {
    async get(name) {
      const values = cached !== undefined && cached.until > clock.now().getTime() ? cached.values : remember(read());
      return (await values).get(name);
    },
    put(name, value) {
      const written = putting.then(() => write(name, value));
      putting = written.catch(() => undefined);
      return written;
    },
  };
};

const malformed = (): Rejected =>
  new Rejected(failed('malformed', 'secrets-malformed', 'The secret of this context is not a JSON object of strings.'));

/** The parser's own message would quote the text, so none of it is passed on. */
const valuesOf = (text: string): Values => {
  let entries: [string, unknown][];
  try {
    entries = Object.entries((text === '' ? {} : JSON.parse(text)) as object);
  } catch {
    throw malformed();
  }
  if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return new Map(entries);
  throw malformed();
};
