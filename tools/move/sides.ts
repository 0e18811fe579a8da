import { parseArgs } from 'node:util';
import { failed, Rejected } from '../../domain/kernel/failure.ts';

/** `option` and `keyName` are where its URL and its key were told. */
export type Side = { readonly url: string; readonly key: string; readonly option: string; readonly keyName: string };
export type Told = {
  readonly from: Side;
  readonly to: Side /** Whether both are compared, and nothing is moved. */;
  readonly verify: boolean;
};

const options = { from: { type: 'string' }, to: { type: 'string' }, verify: { type: 'boolean' } } as const;

const wrong = (detail: string): Rejected => new Rejected(failed('invalid', 'wrong-arguments', detail));

/** What the command line and the environment tell; throws `Rejected` `wrong-arguments` with what was wrong, and what would be right. */
export const sidesOf = (args: readonly string[], environment: { readonly [name: string]: string | undefined }): Told => {
  const { from, to, verify = false } = parsed(args);
  const side = (option: 'from' | 'to', url: string | undefined): Side => {
    const keyName = `HYBRID_${option.toUpperCase()}_KEY`;
    const key = environment[keyName];
    if (!url) throw wrong(`--${option} is missing; it should be the URL of a platform.`);
    if (!key) throw wrong(`${keyName} is not set; it should be the administrator's key of ${url}.`);
    return { url: baseUrl(`--${option}`, url), key, option: `--${option}`, keyName };
  };
  const sides = { from: side('from', from), to: side('to', to) };
  if (sides.from.url === sides.to.url) throw wrong(`--from and --to are both ${sides.from.url}; they should be two platforms.`);
  return { ...sides, verify };
};

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw wrong((error as Error).message);
  }
};

/** A gateway's URL may have a path of its own, as an emulated one's has. */
const baseUrl = (option: string, text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw wrong(`${option} is "${text}"; it should be a URL such as http://127.0.0.1:8080 or https://platform.example.com.`);
  const trimmed = text.replace(/\/+$/, '');
  if (url.search !== '' || url.hash !== '' || /\/v[12]$/.test(trimmed))
    throw wrong(`${option} is "${text}"; it should be the URL of the platform itself, without /v1, query or fragment.`);
  return trimmed;
};
