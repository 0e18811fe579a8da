import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { Clock } from '../../domain/kernel/clock.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';

/** Finds the public key with which a signature is checked; nothing where there is none of that id. */
export type Certificates = (keyId: string) => Promise<KeyObject | undefined>;

type Keys = ReadonlyMap<string, KeyObject>;
type Known = { readonly keys: Keys; readonly fetchedAt: number; readonly until: number };

const usualMillis = 3_600_000;
/** Who sends tokens of made-up keys must not make us ask for each. */
const soonestMillis = 30_000;

/**
 * The keys at a URL (a JSON Web Key Set, RFC 7517), kept for as long as its answer says. A key that is not among them is asked for again, at most
 * every 30 s. Throws `Rejected` `certificates-unavailable` where they cannot be had.
 */
export const certificatesAt = (clock: Clock, url: string): Certificates => {
  let known: Known | undefined;
  let asking: Promise<Known> | undefined;
  const ask = (): Promise<Known> => {
    asking ??= fetchKeys(url, clock).finally(() => {
      asking = undefined;
    });
    return asking;
  };
  return async (keyId) => {
    const now = clock.now().getTime();
    if (known === undefined || known.until <= now) known = await ask();
    const key = known.keys.get(keyId);
    if (key !== undefined || now - known.fetchedAt < soonestMillis) return key;
    known = await ask();
    return known.keys.get(keyId);
  };
};

const fetchKeys = async (url: string, clock: Clock): Promise<Known> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(unavailable);
  if (!response.ok) return unavailable(`status ${response.status}`);
  const { keys } = (await response.json()) as { readonly keys: readonly (JsonWebKey & { readonly kid: string })[] };
  const fetchedAt = clock.now().getTime();
  const maxAge = /max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '')?.[1];
  return {
    keys: new Map(keys.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })])),
    fetchedAt,
    until: fetchedAt + (maxAge === undefined ? usualMillis : Number(maxAge) * 1000),
  };
};

const unavailable = (reason: unknown): never => {
  throw new Rejected(failed('unavailable', 'certificates-unavailable', `The keys of tokens cannot be had: ${String(reason)}.`));
};
