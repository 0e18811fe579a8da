import type { Clock } from '../../domain/kernel/clock.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Secrets } from '../../domain/kernel/secrets.ts';

export type ContextSecretsOptions = {
  /** The JSON text that holds all of a context's secrets; nothing where none was put yet. */
  readonly read: () => Promise<string | undefined>;
  readonly write: (text: string) => Promise<void>;
  readonly clock: Clock;
  /** Of the text, in bytes. */
  readonly largest: number;
};

type Values = ReadonlyMap<string, string>;

/** Less than the port's 5 minutes, by the time that a call may take. */
const cachedMillis = 4.5 * 60_000;

/**
 * The `Secrets` port on one secret of a cloud that holds all of a context's, as a JSON object of strings. A put reads, changes and writes the whole:
 * puts of one process wait for each other, but of two processes that put at once the later one may undo the other's. No failure ever holds a value.
 */
export const contextSecrets = ({ read, write, clock, largest }: ContextSecretsOptions): Secrets => {
  let cached: { readonly values: Promise<Values>; readonly until: number } | undefined;
  let putting: Promise<unknown> = Promise.resolve();

  const readValues = async (): Promise<Values> => valuesOf((await read()) ?? '');

  const remember = (values: Promise<Values>): Promise<Values> => {
    const entry = { values, until: clock.now().getTime() + cachedMillis };
    cached = entry;
    values.catch(() => {
      if (cached === entry) cached = undefined;
    });
    return values;
  };

  const add = async (name: string, value: string): Promise<void> => {
    const values = new Map([...(await readValues()), [name, value]]);
    const text = JSON.stringify(Object.fromEntries(values));
    if (Buffer.byteLength(text) > largest)
      throw new Rejected(failed('too-large', 'secret-too-large', `The secrets of a context are at most ${largest} bytes together.`));
    await write(text);
    remember(Promise.resolve(values));
  };

  return {
    async get(name) {
      const values = cached !== undefined && cached.until > clock.now().getTime() ? cached.values : remember(readValues());
      return (await values).get(name);
    },
    put(name, value) {
      const written = putting.then(() => add(name, value));
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
