import { timingSafeEqual } from 'node:crypto';
import { type Failure, failed } from '../../domain/kernel/failure.ts';
import { sha256 } from './authentication.ts';

/** The header by which a content network proves to an API behind it that a request came through it. */
export const originHeader = 'x-hybrid-origin-secret';

/** Refuses a request that went around the network before the API; `expectedHash` is the SHA-256 of its secret, in hexadecimal, where there is one. */
export const refuseDetour = (secret: string | undefined, expectedHash: string | undefined): Failure<'origin-required'> | undefined => {
  if (expectedHash === undefined || (secret !== undefined && equal(sha256(secret), expectedHash))) return undefined;
  return failed('forbidden', 'origin-required', "Requests come by the platform's own domain, not straight to its gateway.");
};

const equal = (one: string, other: string): boolean => one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
