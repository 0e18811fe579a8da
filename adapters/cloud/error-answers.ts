/** What an answer that is no success says went wrong. */
export type Said = { readonly code?: string | undefined; readonly message?: string | undefined };

/** A text that says something. */
export const saidText = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const element = (xml: string, name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

/** S3, Azure Storage and Cloud Storage answer in XML alike. */
export const saidInXml = (body: string): Said => ({ code: element(body, 'Code'), message: element(body, 'Message') });

/** The milliseconds of a `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date. */
export const retryAfter = (value: string | null): number | undefined => {
  if (value === null) return undefined;
  const millis = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(millis) ? undefined : Math.max(0, millis);
};
