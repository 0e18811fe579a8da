import { type Failure, failed } from '../../domain/kernel/failure.ts';

/** The strong entity tag of a stream at a version: `"3"`. */
export const etagOf = (version: number): string => `"${version}"`;

const tags = (header: string): readonly string[] => header.split(',').map((tag) => tag.trim());
const unmet = (header: string) =>
  failed('precondition-failed', 'precondition-failed', `${header} does not hold for what is there now; read it again.`);

/**
 * Evaluates `If-Match` (strong comparison) and `If-None-Match` (weak) for a change (RFC 9110, section 13.1): 412 where one does not hold.
 * `etag` is that of what is there, undefined where there is nothing.
 */
export const checkPreconditions = (headers: Headers, etag: string | undefined): Failure<'precondition-failed'> | undefined => {
  const [match, noneMatch] = [headers.get('if-match'), headers.get('if-none-match')];
  if (match !== null && !(etag !== undefined && (match.trim() === '*' || tags(match).includes(etag)))) return unmet('If-Match');
  if (noneMatch === null || etag === undefined) return undefined;
  return noneMatch.trim() === '*' || tags(noneMatch).some((tag) => tag.replace(/^W\//, '') === etag) ? unmet('If-None-Match') : undefined;
};

export const isConditional = (headers: Headers): boolean => headers.has('if-match') || headers.has('if-none-match');
