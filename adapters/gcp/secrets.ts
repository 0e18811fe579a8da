import type { Clock } from '../../domain/kernel/clock.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Secrets } from '../../domain/kernel/secrets.ts';
import type { GcpClient } from './client.ts';
import { isGcpError } from './errors.ts';
import { secretManager } from './services.ts';

export type ManagedSecretsOptions = {
  readonly client: GcpClient;
  /** `projects/<p>/secrets/<s>`: the one secret that holds all of a context's, as a JSON object of strings. */
  readonly secret: string;
  readonly clock: Clock;
};

type Values = ReadonlyMap<string, string>;

/** Less than the port's 5 minutes, by the time that a call may take. */
const cachedMillis = 4.5 * 60_000;
/** Of the JSON text, in bytes (quotas of Secret Manager). */
const largestSecret = 65_536;

/**
 * The `Secrets` port on Secret Manager. A put reads the newest version, changes it and adds another: puts of one process wait for each other, but of
 * two processes that put at once the later one may undo the other's. No failure ever holds a value.
 */
export const managedSecrets = ({ client, secret, clock }: ManagedSecretsOptions): Secrets => {
  let cached: { readonly values: Promise<Values>; readonly until: number } | undefined;
  let putting: Promise<unknown> = Promise.resolve();

  const read = async (): Promise<Values> => {
    try {
      const path = `/v1/${secret}/versions/latest:access`;
      const { payload } = await client.call<{ payload?: { data?: string } }>(secretManager, {
        operation: 'AccessSecretVersion',
        method: 'GET',
        path,
      });
      return valuesOf(Buffer.from(payload?.data ?? '', 'base64').toString());
    } catch (error) {
      // As good as empty: it was made and holds nothing yet. Where it was not made, a put will say so.
      if (isGcpError(error, 'NOT_FOUND')) return new Map();
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
    const text = JSON.stringify(Object.fromEntries(values));
    if (Buffer.byteLength(text) > largestSecret)
      throw new Rejected(failed('too-large', 'secret-too-large', `The secrets of a context are at most ${largestSecret} bytes together.`));
    const payload = { data: Buffer.from(text).toString('base64') };
    // Sent again because its answer was lost, it adds the same once more: the newest version is the same.
    await client.call(secretManager, { operation: 'AddSecretVersion', path: `/v1/${secret}:addVersion`, json: { payload } });
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
